package dev.brindle.store.version;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Entries on their way out of a list: whoever frees them gets them when they are off it. */
final class TakenEntries implements Entries.Sink {
  private interface Entry {
    void handTo(Entries.Sink sink) throws IOException;
  }

  private final List<Entry> entries = new ArrayList<>();

  @Override
  public void blocks(long address, long blocks, long count) {
    entries.add(sink -> sink.blocks(address, blocks, count));
  }

  @Override
  public void node(long nodeId, long bytes) {
    entries.add(sink -> sink.node(nodeId, bytes));
  }

  void handTo(Entries.Sink sink) throws IOException {
    for (Entry entry : entries) {
      entry.handTo(sink);
    }
  }
}

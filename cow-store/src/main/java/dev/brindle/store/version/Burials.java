package dev.brindle.store.version;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What heads gave up lately and is not in their deadlists yet: giving up is memory work only, since
 * it happens in the middle of a tree's change. Guarded by the version tree's monitor.
 */
final class Burials {
  /** How many may wait; beyond it, giving up blocks is preceded by settling. */
  private static final int WAITING_MAX = 1024;

  private record Burial(Version head, long born, boolean isNode, long start, long size) {
    boolean continues(Burial before) {
      return !isNode
          && !before.isNode
          && head == before.head
          && born == before.born
          && before.start + before.size == start;
    }
  }

  private final Deadlists deadlists;
  private final int segmentBlocks;
  private final List<Burial> waiting = new ArrayList<>();

  Burials(Deadlists deadlists, int segmentBlocks) {
    this.deadlists = deadlists;
    this.segmentBlocks = segmentBlocks;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  boolean isFull() {
    return waiting.size() >= WAITING_MAX;
  }

  void addBlocks(Version head, long born, long address, long blocks) {
    Burial burial = new Burial(head, born, false, address, blocks);
    int last = waiting.size() - 1;
    if (last >= 0 && burial.continues(waiting.get(last)) && address % segmentBlocks != 0) {
      Burial before = waiting.remove(last);
      burial = new Burial(head, born, false, before.start, before.size + blocks);
    }
    add(burial, blocks * Entries.BLOCK_BYTES);
  }

  void addNode(Version head, long born, long nodeId, long bytes) {
    add(new Burial(head, born, true, nodeId, bytes), bytes);
  }

  private void add(Burial burial, long bytes) {
    waiting.add(burial);
    Version head = burial.head;
    if (head.list == 0) {
      head.list = deadlists.newList();
    }
    head.deadBytes += bytes;
    head.markChanged();
  }

  /** Brings the deadlists up to date. Everything that reads or freezes them calls this first. */
  void settle() throws IOException {
    for (Burial burial : waiting) {
      long list = burial.head.list;
      if (burial.isNode) {
        deadlists.addNode(list, burial.born, burial.start, burial.size);
      } else {
        deadlists.addBlocks(list, burial.born, burial.start, burial.size);
      }
    }
    waiting.clear();
  }
}

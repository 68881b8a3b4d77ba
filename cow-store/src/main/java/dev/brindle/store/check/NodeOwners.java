package dev.brindle.store.check;

import dev.brindle.store.index.Index;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The nodes that are reached, and the records of the index. */
final class NodeOwners {
  private final LongSet seen = new LongSet();
  private boolean isComplete = true;

  /** Returns whether nobody came by this node before. */
  boolean add(long nodeId) {
    return seen.add(nodeId);
  }

  long count() {
    return seen.size();
  }

  /** Something could not be read: what is below it is not known. */
  void markIncomplete() {
    isComplete = false;
  }

  boolean isComplete() {
    return isComplete;
  }

  /** Compares what was reached with the records; only after a checkpoint are they the same. */
  void compare(Index index, Problems problems) throws IOException {
    LongSet records = new LongSet();
    List<Long> unreached = new ArrayList<>();
    index.forEachRecord(
        record -> {
          records.add(record);
          if (!seen.contains(record)) {
            unreached.add(record);
          }
        });
    if (isComplete) {
      unreached.forEach(
          record -> problems.add("record " + record + " of index.db belongs to no tree"));
    }
    seen.forEach(
        node -> {
          if (!records.contains(node)) {
            problems.add("node " + node + " has no record in index.db");
          }
        });
  }
}

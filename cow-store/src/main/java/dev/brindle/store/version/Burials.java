package dev.brindle.store.version;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;
import java.util.ArrayDeque;

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
  private final Losses losses;
  private final int segmentBlocks;
  private final ArrayDeque<Burial> waiting = new ArrayDeque<>();

  Burials(Deadlists deadlists, Losses losses, int segmentBlocks) {
    this.deadlists = deadlists;
    this.losses = losses;
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
    Burial before = waiting.peekLast();
    if (before != null && burial.continues(before) && address % segmentBlocks != 0) {
      waiting.removeLast();
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

  /**
   * Brings the deadlists up to date. Everything that reads or freezes them calls this first. What a
   * damaged list does not take stays off it.
   *
   * @throws IOException the lists could not be read for another reason than damage: what is left
   *     waits for the next call
   */
  void settle() throws IOException {
    for (Burial next = waiting.peek(); next != null; next = waiting.peek()) {
      try {
        settle(next);
      } catch (CorruptStoreException e) {
        lose(next, e);
      }
      waiting.remove();
    }
  }

  private void settle(Burial burial) throws IOException {
    long list = burial.head.list;
    if (burial.isNode) {
      deadlists.addNode(list, burial.born, burial.start, burial.size);
    } else {
      deadlists.addBlocks(list, burial.born, burial.start, burial.size);
    }
  }

  private void lose(Burial burial, CorruptStoreException cause) {
    long bytes = burial.isNode ? burial.size : burial.size * Entries.BLOCK_BYTES;
    burial.head.deadBytes -= bytes;
    burial.head.markChanged();
    losses.add("the deadlist of " + burial.head + " is damaged and takes no more", bytes, cause);
  }
}

package dev.brindle.store.model;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one file's data has been since it was last made durable, and which of that may come back
 * after a crash. The rules are {@link History}'s.
 */
final class FileHistory {
  /** How an operation changed a file. */
  private enum Kind {
    /** All data is durable, or goes ahead of the operation. */
    FLUSHED,
    /** In the file's buffers: comes later, or not at all. */
    WRITTEN,
    /** Bytes are taken away, by the operation itself. */
    CUT
  }

  /**
   * The file after one change.
   *
   * @param index the store-wide number of the operation
   * @param settledFrom from here to {@code settledTo} the bytes are as durable as the operation
   */
  private record Entry(long index, Kind kind, ModelInode inode, long settledFrom, long settledTo) {
    boolean settles(long offset) {
      return settledFrom <= offset && offset < settledTo;
    }

    long size() {
      return inode.content().size();
    }
  }

  private final List<Entry> entries = new ArrayList<>();

  FileHistory(long index, ModelInode durable) {
    flushed(index, durable);
  }

  private FileHistory(List<Entry> entries) {
    this.entries.addAll(entries);
  }

  FileHistory copy() {
    return new FileHistory(entries);
  }

  /** A write, or another growth: what is new is in the file's buffers. */
  void written(long index, ModelInode after) {
    entries.add(new Entry(index, Kind.WRITTEN, after, 0, 0));
  }

  /** The file after any operation, perhaps one on its attributes; null when it is gone. */
  void noted(long index, @Nullable ModelInode after) {
    if (after != null && entries.get(entries.size() - 1).inode() != after) {
      written(index, after);
    }
  }

  /** A truncation or a hole: what it takes away is gone with it. */
  void cut(long index, ModelInode after, long from, long to) {
    entries.add(new Entry(index, Kind.CUT, after, from, to));
  }

  /** All data is flushed ahead of the operation, as before a rename. */
  void flushed(long index, ModelInode after) {
    entries.add(new Entry(index, Kind.FLUSHED, after, 0, Long.MAX_VALUE));
  }

  /** All blocks that any state of the file has. */
  List<SparseBytes> contents() {
    return entries.stream().map(entry -> entry.inode().content()).toList();
  }

  /** The inode's states up to an operation. */
  List<ModelInode> inodes(long until) {
    return entries.stream().filter(e -> e.index() <= until).map(Entry::inode).toList();
  }

  /**
   * Whether the file may have this content when the history is cut after operation {@code until}.
   *
   * @return what is wrong; null when nothing is
   */
  @Nullable String refuse(SparseBytes found, long until) {
    List<Entry> past = entries.stream().filter(entry -> entry.index() <= until).toList();
    String problem = refuseSize(past, found.size());
    if (problem != null) {
      return problem;
    }
    TreeSet<Long> blocks = new TreeSet<>();
    for (Entry entry : past) {
      entry.inode().content().written().forEach(block -> blocks.add(block.getKey()));
    }
    found.written().forEach(block -> blocks.add(block.getKey()));
    for (long block : blocks) {
      problem = refuseBlock(past, found, block);
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }

  private static @Nullable String refuseSize(List<Entry> past, long found) {
    long smallest = 0;
    long largest = 0;
    for (Entry entry : past) {
      switch (entry.kind()) {
        case FLUSHED -> {
          smallest = entry.size();
          largest = entry.size();
        }
        case WRITTEN -> largest = Math.max(largest, entry.size());
        case CUT -> {
          smallest = Math.min(smallest, entry.size());
          largest = Math.min(largest, entry.size());
        }
      }
    }
    boolean allowed = smallest <= found && found <= largest;
    return allowed ? null : "size " + found + " is not in " + smallest + ".." + largest;
  }

  private static @Nullable String refuseBlock(List<Entry> past, SparseBytes found, long number) {
    long start = number * SparseBytes.BLOCK;
    if (start >= found.size()) {
      return null;
    }
    int length = (int) Math.min(SparseBytes.BLOCK, found.size() - start);
    byte[] actual = found.block(number);
    BitSet unexplained = new BitSet();
    unexplained.set(0, length);
    for (int i = past.size() - 1; i >= 0 && !unexplained.isEmpty(); i--) {
      Entry entry = past.get(i);
      explain(entry.inode().content(), number, actual, unexplained);
      int settled = settled(entry, start, unexplained);
      if (settled >= 0) {
        return refusal(past, number, settled, actual[settled]);
      }
    }
    int first = unexplained.nextSetBit(0);
    return first < 0 ? null : refusal(past, number, first, actual[first]);
  }

  /** Clears those bytes of a block that a state of the file has. */
  private static void explain(SparseBytes content, long number, byte[] actual, BitSet unexplained) {
    byte[] block = content.block(number);
    long inBlock = Math.min(SparseBytes.BLOCK, content.size() - number * SparseBytes.BLOCK);
    for (int i = unexplained.nextSetBit(0);
        i >= 0 && i < inBlock;
        i = unexplained.nextSetBit(i + 1)) {
      if (block[i] == actual[i]) {
        unexplained.clear(i);
      }
    }
  }

  /** A byte that no state before an entry may explain; -1 for none. */
  private static int settled(Entry entry, long start, BitSet unexplained) {
    for (int i = unexplained.nextSetBit(0); i >= 0; i = unexplained.nextSetBit(i + 1)) {
      if (entry.settles(start + i)) {
        return i;
      }
    }
    return -1;
  }

  private static String refusal(List<Entry> past, long number, int inBlock, byte actual) {
    return "byte "
        + (number * SparseBytes.BLOCK + inBlock)
        + " is "
        + actual
        + ", which the file never held there since it was durable; now it held "
        + past.get(past.size() - 1).inode().content().block(number)[inBlock];
  }
}

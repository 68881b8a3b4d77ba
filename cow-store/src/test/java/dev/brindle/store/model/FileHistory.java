package dev.brindle.store.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    PersistentMap<Long, Boolean> blocks = PersistentMap.empty();
    for (Entry entry : past) {
      for (var block : entry.inode().content().written()) {
        blocks = blocks.with(block.getKey(), true);
      }
    }
    for (var block : found.written()) {
      blocks = blocks.with(block.getKey(), true);
    }
    for (var block : blocks) {
      problem = refuseBlock(past, found, block.getKey());
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
    Entry last = past.get(past.size() - 1);
    if (last.inode().content().size() >= start + length
        && Arrays.equals(actual, 0, length, last.inode().content().block(number), 0, length)) {
      return null;
    }
    for (int i = 0; i < length; i++) {
      if (!byteAllowed(past, start + i, number, i, actual[i])) {
        return "byte "
            + (start + i)
            + " is "
            + actual[i]
            + ", which the file never held there since it was durable; now it held "
            + last.inode().content().block(number)[i];
      }
    }
    return null;
  }

  private static boolean byteAllowed(
      List<Entry> past, long offset, long number, int inBlock, byte actual) {
    for (int i = past.size() - 1; i >= 0; i--) {
      SparseBytes content = past.get(i).inode().content();
      if (offset < content.size() && content.block(number)[inBlock] == actual) {
        return true;
      }
      if (past.get(i).settles(offset)) {
        return false;
      }
    }
    return false;
  }
}

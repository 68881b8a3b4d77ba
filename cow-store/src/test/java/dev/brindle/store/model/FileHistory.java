package dev.brindle.store.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one file's data has been since it was last made durable, and which of that may come back
 * after a crash. The rules are {@link History}'s.
 */
final class FileHistory {
  /**
   * The file after one change.
   *
   * @param index the store-wide number of the operation
   * @param settledFrom from here to {@code settledTo} the bytes are as durable as the operation: it
   *     changed the tree itself, not the file's buffers
   * @param settlesSize whether the operation settled the size
   */
  private record Entry(
      long index, ModelInode inode, long settledFrom, long settledTo, boolean settlesSize) {
    boolean settles(long offset) {
      return settledFrom <= offset && offset < settledTo;
    }
  }

  private final List<Entry> entries = new ArrayList<>();

  FileHistory(long index, ModelInode durable) {
    entries.add(new Entry(index, durable, 0, Long.MAX_VALUE, true));
  }

  /** A write: the bytes are in the file's buffers. */
  void written(long index, ModelInode after) {
    entries.add(new Entry(index, after, 0, 0, false));
  }

  /** A truncation or a hole: logged at once, in the order of the operations. */
  void cut(long index, ModelInode after, long from, long to) {
    entries.add(new Entry(index, after, from, to, true));
  }

  /** All data is flushed ahead of the operation, as before a rename. */
  void flushed(long index, ModelInode after) {
    entries.add(new Entry(index, after, 0, Long.MAX_VALUE, true));
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
    int sizeFrom = 0;
    for (int i = 0; i < past.size(); i++) {
      sizeFrom = past.get(i).settlesSize() ? i : sizeFrom;
    }
    long smallest = past.get(sizeFrom).inode().content().size();
    long largest = past.get(past.size() - 1).inode().content().size();
    if (found.size() < smallest || found.size() > largest) {
      return "size " + found.size() + " is not in " + smallest + ".." + largest;
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
      String problem = refuseBlock(past, found, block.getKey());
      if (problem != null) {
        return problem;
      }
    }
    return null;
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
        && java.util.Arrays.equals(
            actual, 0, length, last.inode().content().block(number), 0, length)) {
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

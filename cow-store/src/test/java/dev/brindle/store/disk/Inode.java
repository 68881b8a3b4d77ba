package dev.brindle.store.disk;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/**
 * A file of {@link FaultyDisk}: its bytes now, and as of its last sync with what was done since.
 */
final class Inode {
  private static final int BLOCK_BYTES = 4096;
  private static final int SECTOR_BYTES = 512;

  private final PagedBytes now;
  private final PagedBytes durable;
  private final List<Change> since = new ArrayList<>();
  private final BitSet allocated = new BitSet();

  Inode() {
    this(new PagedBytes(), new PagedBytes());
  }

  private Inode(PagedBytes now, PagedBytes durable) {
    this.now = now;
    this.durable = durable;
    allocated.set(0, blocks(now.length()));
  }

  private static int blocks(long bytes) {
    return (int) ((bytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
  }

  /**
   * A write, or a new length.
   *
   * @param bytes empty for a new length
   * @param grows whether the length can only become larger
   */
  private record Change(int offset, byte[] bytes, boolean grows) {
    void applyTo(PagedBytes target) {
      if (bytes.length > 0) {
        target.put(offset, bytes, 0, bytes.length);
      } else {
        target.resize(grows ? Math.max(target.length(), offset) : offset);
      }
    }

    /** Sectors of it, by chance. */
    void applyTornTo(PagedBytes target, Random random) {
      if (bytes.length == 0) {
        applyTo(target);
        return;
      }
      boolean prefix = random.nextBoolean();
      int end = prefix ? random.nextInt(bytes.length + 1) : bytes.length;
      for (int at = 0; at < end; ) {
        int sectorEnd = (offset + at) / SECTOR_BYTES * SECTOR_BYTES + SECTOR_BYTES - offset;
        int partEnd = Math.min(sectorEnd, bytes.length);
        if (prefix ? partEnd <= end : random.nextBoolean()) {
          target.put(offset + at, bytes, at, partEnd - at);
        }
        at = partEnd;
      }
    }
  }

  private void change(Change change) {
    change.applyTo(now);
    since.add(change);
  }

  int read(long offset, ByteBuffer target) {
    int count = (int) Math.max(0, Math.min(target.remaining(), now.length() - offset));
    if (count > 0) {
      now.get((int) offset, target, count);
    }
    return count;
  }

  void write(long offset, byte[] bytes) {
    if (bytes.length > 0) {
      allocateBlocks(offset, bytes.length);
      change(new Change(Math.toIntExact(offset), bytes, true));
    }
  }

  void allocate(long offset, long length) {
    allocateBlocks(offset, length);
    change(new Change(Math.toIntExact(offset + length), new byte[0], true));
  }

  void truncate(long length) {
    allocated.clear(blocks(length), Math.max(blocks(length), allocated.length()));
    change(new Change(Math.toIntExact(length), new byte[0], false));
  }

  private void allocateBlocks(long offset, long length) {
    allocated.set((int) (offset / BLOCK_BYTES), blocks(offset + length));
  }

  long bytesToAllocate(long offset, long length) {
    int from = (int) (offset / BLOCK_BYTES);
    int to = blocks(offset + length);
    return (to - from - allocated.get(from, to).cardinality()) * (long) BLOCK_BYTES;
  }

  long usedBytes() {
    return allocated.cardinality() * (long) BLOCK_BYTES;
  }

  long length() {
    return now.length();
  }

  void sync() {
    since.forEach(change -> change.applyTo(durable));
    since.clear();
  }

  /**
   * As a failed fsync does: what was not written yet is taken for clean, and some of it is lost.
   */
  void failSync(Random random) {
    for (Change change : since) {
      if (random.nextBoolean()) {
        change.applyTornTo(durable, random);
      }
    }
    since.clear();
  }

  Inode afterCrash(FaultyDisk.Loss loss, Random random) {
    PagedBytes crashed = durable.copy();
    int choice =
        switch (loss) {
          case ALL_UNSYNCED -> 0;
          case NOTHING -> 1;
          case ANY -> random.nextInt(5);
        };
    int whole =
        switch (choice) {
          case 0 -> 0;
          case 1 -> since.size();
          default -> random.nextInt(since.size() + 1);
        };
    for (int i = 0; i < since.size(); i++) {
      boolean kept = choice < 3 ? i < whole : random.nextBoolean();
      if (kept) {
        if (choice == 4) {
          since.get(i).applyTornTo(crashed, random);
        } else {
          since.get(i).applyTo(crashed);
        }
      } else if (i == whole && choice == 2) {
        since.get(i).applyTornTo(crashed, random);
      }
    }
    return new Inode(crashed, crashed.copy());
  }

  /** The same with what is not durable still so. */
  Inode fork() {
    Inode fork = new Inode(now.copy(), durable.copy());
    fork.since.addAll(since);
    fork.allocated.clear();
    fork.allocated.or(allocated);
    return fork;
  }

  Inode copy() {
    return new Inode(now.copy(), now.copy());
  }

  byte[] contents() {
    ByteBuffer all = ByteBuffer.allocate(now.length());
    now.get(0, all, now.length());
    return all.array();
  }

  void flipBit(long bit) {
    for (PagedBytes bytes : List.of(now, durable)) {
      if (bit / 8 < bytes.length()) {
        bytes.flipBit(bit);
      }
    }
  }
}

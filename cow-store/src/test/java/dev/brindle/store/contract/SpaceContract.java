package dev.brindle.store.contract;

import static dev.brindle.store.Errno.EFBIG;
import static dev.brindle.store.Errno.EINVAL;
import static dev.brindle.store.Errno.EISDIR;
import static dev.brindle.store.Errno.ENODEV;
import static dev.brindle.store.Errno.ENOENT;
import static dev.brindle.store.Errno.ENXIO;
import static dev.brindle.store.WritableFileTree.FallocateMode.ALLOCATE;
import static dev.brindle.store.WritableFileTree.FallocateMode.ALLOCATE_KEEP_SIZE;
import static dev.brindle.store.WritableFileTree.FallocateMode.PUNCH_HOLE;
import static dev.brindle.store.WritableFileTree.FallocateMode.ZERO_RANGE;
import static dev.brindle.store.WritableFileTree.FallocateMode.ZERO_RANGE_KEEP_SIZE;
import static dev.brindle.store.contract.Trees.attributes;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.read;
import static dev.brindle.store.contract.Trees.refused;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.FileTree.Seek;
import dev.brindle.store.WritableFileTree.FallocateMode;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** Allocated space, holes, and finding them. */
public interface SpaceContract extends TreeFixture {
  int BLOCK = 4096;

  /** Blocks of 4 KiB that the file has, with nothing left in buffers. */
  private long blocks(long file) throws IOException {
    tree().fsync(file, false);
    return attributes(tree(), file).blocks() / 8;
  }

  @Test
  default void blocks_countWhatWasWritten() throws IOException {
    long file = file(tree(), "f");
    write(tree(), file, 0, pattern(10 * BLOCK, 1));
    assertEquals(10, blocks(file));
    write(tree(), file, 100 * BLOCK, pattern(BLOCK, 1));
    assertEquals(11, blocks(file));
    write(tree(), file, 5 * BLOCK + 17, pattern(BLOCK, 2));
    assertEquals(11, blocks(file));
    tree().setattr(file, AttributeChange.ofSize(7 * BLOCK));
    assertEquals(7, blocks(file));
    tree().setattr(file, AttributeChange.ofSize(1000 * BLOCK));
    assertEquals(7, blocks(file));
    tree().setattr(file, AttributeChange.ofSize(0));
    assertEquals(0, blocks(file));
  }

  @Test
  default void allocate_extends_andReadsAsZeros() throws IOException {
    long file = file(tree(), "f");
    tree().fallocate(file, ALLOCATE, 0, 20 * BLOCK);
    assertEquals(20 * BLOCK, attributes(tree(), file).size());
    assertEquals(20, blocks(file));
    assertArrayEquals(new byte[20 * BLOCK], read(tree(), file, 0, 30 * BLOCK));
    write(tree(), file, 3 * BLOCK, pattern(BLOCK, 1));
    assertEquals(20, blocks(file));
    assertArrayEquals(pattern(BLOCK, 1), read(tree(), file, 3 * BLOCK, BLOCK));
    assertArrayEquals(new byte[3 * BLOCK], read(tree(), file, 0, 3 * BLOCK));
  }

  @Test
  default void allocate_keepsDataAndSize() throws IOException {
    long file = file(tree(), "f");
    write(tree(), file, 0, pattern(10_000, 1));
    tree().fallocate(file, ALLOCATE, 100, 5_000);
    assertEquals(10_000, attributes(tree(), file).size());
    tree().fallocate(file, ALLOCATE_KEEP_SIZE, 0, 50 * BLOCK);
    assertEquals(10_000, attributes(tree(), file).size());
    assertEquals(50, blocks(file));
    assertArrayEquals(pattern(10_000, 1), read(tree(), file, 0, 20_000));
    tree().setattr(file, AttributeChange.ofSize(10_000));
    assertArrayEquals(pattern(10_000, 1), read(tree(), file, 0, 20_000));
    tree().fallocate(file, ALLOCATE, 10_000, 7);
    assertEquals(10_007, attributes(tree(), file).size());
  }

  @Test
  default void punch_makesZeros_andFreesBlocks() throws IOException {
    for (boolean flushed : new boolean[] {false, true}) {
      long file = file(tree(), "f" + flushed);
      byte[] expected = pattern(20 * BLOCK, 1);
      write(tree(), file, 0, expected);
      if (flushed) {
        tree().sync();
      }
      tree().fallocate(file, PUNCH_HOLE, 2 * BLOCK, 3 * BLOCK);
      Arrays.fill(expected, 2 * BLOCK, 5 * BLOCK, (byte) 0);
      tree().fallocate(file, PUNCH_HOLE, 7 * BLOCK + 100, 2 * BLOCK);
      Arrays.fill(expected, 7 * BLOCK + 100, 9 * BLOCK + 100, (byte) 0);
      tree().fallocate(file, PUNCH_HOLE, 12 * BLOCK + 10, 20);
      Arrays.fill(expected, 12 * BLOCK + 10, 12 * BLOCK + 30, (byte) 0);
      assertArrayEquals(expected, read(tree(), file, 0, 30 * BLOCK));
      assertEquals(20 - 3 - 1, blocks(file));
      assertArrayEquals(expected, read(tree(), file, 0, 30 * BLOCK));
    }
  }

  @Test
  default void punch_behindTheEnd_keepsTheSize() throws IOException {
    long file = file(tree(), "f", "text");
    tree().fallocate(file, PUNCH_HOLE, 2, 1L << 50);
    assertEquals("te\0\0", Trees.text(tree(), file));
    tree().fallocate(file, PUNCH_HOLE, 1L << 40, 1L << 40);
    assertEquals(4, attributes(tree(), file).size());
  }

  @Test
  default void zero_range_makesZeros() throws IOException {
    long file = file(tree(), "f");
    byte[] expected = pattern(20 * BLOCK, 1);
    write(tree(), file, 0, expected);
    tree().fallocate(file, ZERO_RANGE, BLOCK + 5, 4 * BLOCK);
    Arrays.fill(expected, BLOCK + 5, 5 * BLOCK + 5, (byte) 0);
    assertArrayEquals(expected, read(tree(), file, 0, 30 * BLOCK));
    tree().fallocate(file, ZERO_RANGE_KEEP_SIZE, 19 * BLOCK, 4 * BLOCK);
    Arrays.fill(expected, 19 * BLOCK, 20 * BLOCK, (byte) 0);
    assertArrayEquals(expected, read(tree(), file, 0, 30 * BLOCK));
    tree().fallocate(file, ZERO_RANGE, 19 * BLOCK, 4 * BLOCK);
    assertArrayEquals(Arrays.copyOf(expected, 23 * BLOCK), read(tree(), file, 0, 30 * BLOCK));
  }

  @Test
  default void fallocate_wrong_isRefused() throws IOException {
    long file = file(tree(), "f");
    long directory = directory(tree(), "d");
    for (FallocateMode mode : FallocateMode.values()) {
      refused(EINVAL, () -> tree().fallocate(file, mode, -1, 10));
      refused(EINVAL, () -> tree().fallocate(file, mode, 0, 0));
      refused(EINVAL, () -> tree().fallocate(file, mode, 0, -1));
      refused(EFBIG, () -> tree().fallocate(file, mode, Long.MAX_VALUE - 5, 10));
      refused(EnumSet.of(EISDIR, EINVAL, ENODEV), () -> tree().fallocate(directory, mode, 0, 10));
      refused(ENOENT, () -> tree().fallocate(99_999, mode, 0, 10));
    }
  }

  @Test
  default void seek_findsDataAndHoles() throws IOException {
    for (boolean flushed : new boolean[] {false, true}) {
      long file = file(tree(), "f" + flushed);
      write(tree(), file, 10 * BLOCK, pattern(5 * BLOCK, 1));
      write(tree(), file, 1L << 40, pattern(BLOCK, 1));
      tree().setattr(file, AttributeChange.ofSize(1L << 41));
      if (flushed) {
        tree().sync();
      }
      assertEquals(10 * BLOCK, tree().seek(file, 0, Seek.DATA));
      assertEquals(12 * BLOCK + 7, tree().seek(file, 12 * BLOCK + 7, Seek.DATA));
      assertEquals(15 * BLOCK, tree().seek(file, 10 * BLOCK, Seek.HOLE));
      assertEquals(1L << 40, tree().seek(file, 15 * BLOCK, Seek.DATA));
      assertEquals((1L << 40) + BLOCK, tree().seek(file, 1L << 40, Seek.HOLE));
      assertEquals(5, tree().seek(file, 5, Seek.HOLE));
      refused(ENXIO, () -> tree().seek(file, (1L << 40) + BLOCK, Seek.DATA));
      assertEquals(1L << 40 | 1L << 30, tree().seek(file, 1L << 40 | 1L << 30, Seek.HOLE));
      refused(ENXIO, () -> tree().seek(file, 1L << 41, Seek.DATA));
      refused(ENXIO, () -> tree().seek(file, 1L << 41, Seek.HOLE));
    }
  }

  @Test
  default void seek_holeOfFullFile_isItsEnd() throws IOException {
    long file = file(tree(), "f");
    write(tree(), file, 0, pattern(9_000, 1));
    assertEquals(9_000, tree().seek(file, 0, Seek.HOLE));
    tree().sync();
    assertEquals(9_000, tree().seek(file, 100, Seek.HOLE));
    long empty = file(tree(), "empty");
    refused(ENXIO, () -> tree().seek(empty, 0, Seek.DATA));
    refused(ENXIO, () -> tree().seek(empty, 0, Seek.HOLE));
  }

  @Test
  default void seek_afterPunch_findsTheHole() throws IOException {
    long file = file(tree(), "f");
    write(tree(), file, 0, pattern(20 * BLOCK, 1));
    tree().fallocate(file, PUNCH_HOLE, 5 * BLOCK, 5 * BLOCK);
    assertEquals(5 * BLOCK, tree().seek(file, 0, Seek.HOLE));
    assertEquals(10 * BLOCK, tree().seek(file, 5 * BLOCK, Seek.DATA));
  }
}

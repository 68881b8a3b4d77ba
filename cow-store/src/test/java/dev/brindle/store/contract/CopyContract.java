package dev.brindle.store.contract;

import static dev.brindle.store.Errno.EFBIG;
import static dev.brindle.store.Errno.EINVAL;
import static dev.brindle.store.Errno.EISDIR;
import static dev.brindle.store.Errno.ENOENT;
import static dev.brindle.store.Errno.ENXIO;
import static dev.brindle.store.contract.Trees.attributes;
import static dev.brindle.store.contract.Trees.changedTimes;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.read;
import static dev.brindle.store.contract.Trees.refused;
import static dev.brindle.store.contract.Trees.text;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.FileTree.Seek;
import dev.brindle.store.WritableFileTree.FallocateMode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Copies of ranges, by reference or not. */
public interface CopyContract extends TreeFixture {
  int COPY_BLOCK = 4096;

  @Test
  default void copy_upToTheLastByteThatAFileMayHave_isWhole() throws IOException {
    long original = file(tree(), "from");
    byte[] bytes = pattern(8_191, 1);
    write(tree(), original, 0, bytes);
    tree().fsync(original, false);
    long copy = file(tree(), "to");
    long at = Long.MAX_VALUE - 8_191;
    assertEquals(8_191, copy(original, 0, copy, at, 8_191));
    assertEquals(Long.MAX_VALUE, tree().getattr(copy).size());
    assertArrayEquals(bytes, read(tree(), copy, at, 9_000));
  }

  private long copy(long from, long start, long to, long target, long length) throws IOException {
    return tree().copyRange(tree(), from, start, to, target, length);
  }

  private void assertContent(byte[] expected, long file) throws IOException {
    assertEquals(expected.length, attributes(tree(), file).size());
    assertArrayEquals(expected, read(tree(), file, 0, expected.length + 1));
  }

  private static byte[] with(byte[] old, int at, byte[] source, int from, int length) {
    byte[] bytes = Arrays.copyOf(old, Math.max(old.length, at + length));
    System.arraycopy(source, from, bytes, at, length);
    return bytes;
  }

  @Test
  default void copy_ofAnyAlignment_copiesJustTheRange() throws IOException {
    byte[] source = pattern(50_001, 1);
    byte[] target = pattern(60_003, 2);
    int[] places = {0, 1, 2_000, COPY_BLOCK, COPY_BLOCK + 1, 5 * COPY_BLOCK, 20_000};
    int[] lengths = {1, 100, COPY_BLOCK, COPY_BLOCK + 1, 3 * COPY_BLOCK, 30_001};
    int count = 0;
    for (int from : places) {
      for (int to : places) {
        int length = Math.min(lengths[count++ % lengths.length], source.length - from);
        long original = file(tree(), "from " + count);
        long copy = file(tree(), "to " + count);
        write(tree(), original, 0, source);
        write(tree(), copy, 0, target);
        if (count % 2 == 0) {
          tree().sync();
        }
        assertEquals(length, copy(original, from, copy, to, length));
        assertContent(with(target, to, source, from, length), copy);
        assertContent(source, original);
      }
    }
  }

  @Test
  default void copy_ofWholeFile_endsAtItsEnd() throws IOException {
    for (int size : new int[] {1, 2_000, 2_049, COPY_BLOCK, 10_000, 300_000}) {
      long original = file(tree(), "from " + size);
      long copy = file(tree(), "to " + size);
      write(tree(), original, 0, pattern(size, 3));
      assertEquals(size, copy(original, 0, copy, 0, Long.MAX_VALUE));
      assertContent(pattern(size, 3), copy);
      assertEquals(0, copy(original, size, copy, size, 10));
      assertEquals(0, copy(original, size + 5, copy, 0, 10));
      assertContent(pattern(size, 3), copy);
    }
  }

  @Test
  default void copy_isIndependentOfTheOriginal() throws IOException {
    long original = file(tree(), "from");
    byte[] bytes = pattern(40_000, 4);
    write(tree(), original, 0, bytes);
    long copy = file(tree(), "to");
    copy(original, 0, copy, 0, Long.MAX_VALUE);
    write(tree(), original, 10_000, pattern(9_000, 5));
    write(tree(), copy, 20_000, pattern(5_000, 6));
    tree().sync();
    assertContent(with(bytes, 10_000, pattern(9_000, 5), 0, 9_000), original);
    assertContent(with(bytes, 20_000, pattern(5_000, 6), 0, 5_000), copy);
    tree().setattr(original, AttributeChange.ofSize(0));
    assertContent(with(bytes, 20_000, pattern(5_000, 6), 0, 5_000), copy);
    reopened();
    assertContent(with(bytes, 20_000, pattern(5_000, 6), 0, 5_000), copy);
  }

  @Test
  default void copy_whoseLastBlockIsAPart_showsZerosWhenItGrows() throws IOException {
    long original = file(tree(), "from");
    write(tree(), original, 0, pattern(20_000, 7));
    long copy = file(tree(), "to");
    assertEquals(9_000, copy(original, 0, copy, 0, 9_000));
    tree().setattr(copy, AttributeChange.ofSize(30_000));
    assertContent(Arrays.copyOf(pattern(9_000, 7), 30_000), copy);
    long another = file(tree(), "another");
    assertEquals(9_000, copy(original, 0, another, 0, 9_000));
    write(tree(), another, 25_000, "x");
    byte[] expected = Arrays.copyOf(pattern(9_000, 7), 25_001);
    expected[25_000] = 'x';
    assertContent(expected, another);
    assertContent(pattern(20_000, 7), original);
  }

  @Test
  default void copy_behindTheTargetsEnd_leavesAHoleBetween() throws IOException {
    long original = file(tree(), "from");
    write(tree(), original, 0, pattern(3 * COPY_BLOCK, 8));
    long copy = file(tree(), "to", "text");
    int target = 10 * COPY_BLOCK;
    copy(original, 0, copy, target, Long.MAX_VALUE);
    byte[] expected = Arrays.copyOf("text".getBytes(), target);
    assertContent(with(expected, target, pattern(3 * COPY_BLOCK, 8), 0, 3 * COPY_BLOCK), copy);
    assertEquals(target, tree().seek(copy, COPY_BLOCK, Seek.DATA));
  }

  @Test
  default void copy_ofHoles_makesHoles() throws IOException {
    long original = file(tree(), "from");
    write(tree(), original, 2 * COPY_BLOCK, pattern(COPY_BLOCK, 9));
    tree().fallocate(original, FallocateMode.ALLOCATE, 5 * COPY_BLOCK, COPY_BLOCK);
    tree().setattr(original, AttributeChange.ofSize((1L << 40) + 10));
    long copy = file(tree(), "to");
    write(tree(), copy, 0, pattern(8 * COPY_BLOCK, 10));
    long done = 0;
    while (done < (1L << 40) + 10) {
      long step = copy(original, done, copy, done, Long.MAX_VALUE);
      done += step;
      if (step == 0) {
        break;
      }
    }
    assertEquals((1L << 40) + 10, attributes(tree(), copy).size());
    byte[] expected = new byte[9 * COPY_BLOCK];
    System.arraycopy(pattern(COPY_BLOCK, 9), 0, expected, 2 * COPY_BLOCK, COPY_BLOCK);
    assertArrayEquals(expected, read(tree(), copy, 0, expected.length));
    assertEquals(2 * COPY_BLOCK, tree().seek(copy, 0, Seek.DATA));
    assertEquals(3 * COPY_BLOCK, tree().seek(copy, 2 * COPY_BLOCK, Seek.HOLE));
    refused(ENXIO, () -> tree().seek(copy, 6 * COPY_BLOCK, Seek.DATA));
    tree().fsync(copy, false);
    // what was reserved may be so in the copy, or a hole
    assertTrue(List.of(8L, 16L).contains(attributes(tree(), copy).blocks()));
  }

  @Test
  default void copy_ofAHole_takesTheRoomThatWasReservedBehindTheEnd() throws IOException {
    long original = file(tree(), "from");
    tree().setattr(original, AttributeChange.ofSize(16 * COPY_BLOCK));
    for (int target : new int[] {0, 100, COPY_BLOCK, COPY_BLOCK + 100}) {
      long copy = file(tree(), "to " + target, "text");
      tree().fallocate(copy, FallocateMode.ALLOCATE_KEEP_SIZE, 0, 16 * COPY_BLOCK);
      for (long done = 0; done < 16 * COPY_BLOCK; ) {
        done += copy(original, done, copy, target + done, Long.MAX_VALUE);
      }
      tree().fsync(copy, false);
      long expected = target == 0 ? 0 : target <= COPY_BLOCK ? 1 : 2;
      assertEquals(expected, attributes(tree(), copy).blocks() / 8, "copied to " + target);
    }
  }

  @Test
  default void copy_withinAFile_isRefusedWhereRangesOverlap() throws IOException {
    long file = file(tree(), "f");
    byte[] bytes = pattern(10 * COPY_BLOCK, 11);
    write(tree(), file, 0, bytes);
    refused(EINVAL, () -> copy(file, 0, file, 0, 1));
    refused(EINVAL, () -> copy(file, 0, file, COPY_BLOCK, COPY_BLOCK + 1));
    refused(EINVAL, () -> copy(file, 2 * COPY_BLOCK, file, COPY_BLOCK, 2 * COPY_BLOCK));
    assertContent(bytes, file);
    int half = 5 * COPY_BLOCK;
    assertEquals(half, copy(file, half, file, 0, Long.MAX_VALUE));
    byte[] expected = with(bytes, 0, bytes, half, half);
    assertContent(expected, file);
    assertEquals(half, copy(file, 0, file, 2 * half, half));
    assertContent(with(expected, 2 * half, expected, 0, half), file);
  }

  @Test
  default void copy_overDirtyData_replacesIt() throws IOException {
    long original = file(tree(), "from");
    write(tree(), original, 0, pattern(5 * COPY_BLOCK, 12));
    long copy = file(tree(), "to");
    byte[] expected = pattern(9 * COPY_BLOCK, 13);
    write(tree(), copy, 0, expected);
    tree().sync();
    write(tree(), copy, COPY_BLOCK + 5, "dirty");
    System.arraycopy("dirty".getBytes(), 0, expected, COPY_BLOCK + 5, 5);
    write(tree(), copy, 3 * COPY_BLOCK, "going");
    copy(original, 0, copy, 2 * COPY_BLOCK, Long.MAX_VALUE);
    assertContent(
        with(expected, 2 * COPY_BLOCK, pattern(5 * COPY_BLOCK, 12), 0, 5 * COPY_BLOCK), copy);
  }

  @Test
  default void copy_changesTheTargetsTimes() throws IOException {
    long original = file(tree(), "from");
    write(tree(), original, 0, pattern(5 * COPY_BLOCK, 14));
    tree().sync();
    long copy = file(tree(), "to");
    assertEquals(
        "mc", changedTimes(tree(), copy, () -> copy(original, 0, copy, 0, Long.MAX_VALUE)));
    assertEquals("", changedTimes(tree(), copy, () -> copy(original, 1 << 20, copy, 0, 10)));
    assertEquals(
        "", changedTimes(tree(), original, () -> copy(original, 0, copy, 0, Long.MAX_VALUE)));
  }

  @Test
  default void copy_wrong_isRefused() throws IOException {
    long file = file(tree(), "f", "text");
    long other = file(tree(), "other", "text");
    long directory = directory(tree(), "d");
    refused(EINVAL, () -> copy(file, -1, other, 0, 1));
    refused(EINVAL, () -> copy(file, 0, other, -1, 1));
    refused(EINVAL, () -> copy(file, 0, other, 0, -1));
    refused(EFBIG, () -> copy(file, 0, other, Long.MAX_VALUE - 1, 4));
    refused(EISDIR, () -> copy(directory, 0, other, 0, 1));
    refused(EISDIR, () -> copy(file, 0, directory, 0, 1));
    refused(ENOENT, () -> copy(99_999, 0, other, 0, 1));
    refused(ENOENT, () -> copy(file, 0, 99_999, 0, 1));
    assertEquals("text", text(tree(), other));
  }
}

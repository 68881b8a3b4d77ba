package dev.brindle.store.contract;

import static dev.brindle.store.Errno.EFBIG;
import static dev.brindle.store.Errno.EINVAL;
import static dev.brindle.store.contract.Trees.attributes;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.read;
import static dev.brindle.store.contract.Trees.refused;
import static dev.brindle.store.contract.Trees.text;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.WritableFileTree.FallocateMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The bytes of files. */
public interface DataContract extends TreeFixture {
  private void resize(long file, long size) throws IOException {
    assertEquals(size, tree().setattr(file, AttributeChange.ofSize(size)).size());
  }

  @Test
  default void read_atAndBehindTheEnd_isShort() throws IOException {
    long file = file(tree(), "f", "text");
    assertEquals("ext", new String(read(tree(), file, 1, 100)));
    assertEquals(0, read(tree(), file, 4, 10).length);
    assertEquals(0, read(tree(), file, 1L << 40, 10).length);
    assertEquals(0, read(tree(), file, Long.MAX_VALUE, 10).length);
    assertEquals(0, read(tree(), file, 0, 0).length);
    refused(EINVAL, () -> read(tree(), file, -1, 1));
  }

  @Test
  default void write_usesTheBuffersRange_andConsumesIt() throws IOException {
    long file = file(tree(), "f");
    for (ByteBuffer buffer :
        new ByteBuffer[] {ByteBuffer.allocate(20), ByteBuffer.allocateDirect(20)}) {
      buffer.put("..middle....".getBytes()).position(2).limit(8);
      tree().write(file, 3, buffer);
      assertEquals(0, buffer.remaining());
      assertEquals("\0\0\0middle", text(tree(), file));
      resize(file, 0);
    }
    ByteBuffer target = ByteBuffer.allocateDirect(20).position(5).limit(9);
    write(tree(), file, 0, "content");
    assertEquals(4, tree().read(file, 1, target));
    assertEquals(9, target.position());
    byte[] found = new byte[4];
    target.position(5).get(found);
    assertEquals("onte", new String(found));
  }

  @Test
  default void write_callersBufferMayBeReused() throws IOException {
    long file = file(tree(), "f");
    byte[] bytes = pattern(10_000, 1);
    write(tree(), file, 0, bytes);
    Arrays.fill(bytes, (byte) 0);
    assertArrayEquals(pattern(10_000, 1), read(tree(), file, 0, 20_000));
  }

  @Test
  default void write_overlapping_lastOneWins() throws IOException {
    long file = file(tree(), "f");
    byte[] expected = new byte[300_000];
    Random random = new Random(7);
    int size = 0;
    for (int i = 0; i < 400; i++) {
      int offset = random.nextInt(280_000);
      byte[] bytes = pattern(1 + random.nextInt(20_000), i);
      write(tree(), file, offset, bytes);
      System.arraycopy(bytes, 0, expected, offset, bytes.length);
      size = Math.max(size, offset + bytes.length);
      if (i % 37 == 0) {
        tree().fsync(file, i % 2 == 0);
      }
    }
    assertArrayEquals(Arrays.copyOf(expected, size), read(tree(), file, 0, 400_000));
    tree().sync();
    assertArrayEquals(Arrays.copyOf(expected, size), read(tree(), file, 0, 400_000));
  }

  @Test
  default void append_standsAtTheEnd() throws IOException {
    long file = file(tree(), "f", "one");
    assertEquals(3, tree().append(file, ByteBuffer.wrap("two".getBytes())));
    assertEquals(6, tree().append(file, ByteBuffer.wrap("three".getBytes())));
    assertEquals("onetwothree", text(tree(), file));
    resize(file, 20);
    assertEquals(20, tree().append(file, ByteBuffer.wrap("x".getBytes())));
  }

  @Test
  default void append_byManyThreads_losesNothing() throws Exception {
    long file = file(tree(), "f");
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      byte mark = (byte) ('a' + t);
      threads[t] =
          new Thread(
              () -> {
                byte[] record = new byte[100];
                Arrays.fill(record, mark);
                try {
                  for (int i = 0; i < 200; i++) {
                    tree().append(file, ByteBuffer.wrap(record));
                  }
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    byte[] all = read(tree(), file, 0, 100_000);
    assertEquals(80_000, all.length);
    int[] counts = new int[4];
    for (int i = 0; i < all.length; i += 100) {
      byte[] record = new byte[100];
      Arrays.fill(record, all[i]);
      assertArrayEquals(record, Arrays.copyOfRange(all, i, i + 100));
      counts[all[i] - 'a']++;
    }
    assertArrayEquals(new int[] {200, 200, 200, 200}, counts);
  }

  @Test
  default void sizes_aroundBlocksAndInlineLimits_areKept() throws IOException {
    int[] sizes = {1, 100, 511, 2047, 2048, 2049, 4000, 4095, 4096, 4097, 8191, 8192, 12_289};
    for (int size : sizes) {
      long file = file(tree(), "f" + size);
      write(tree(), file, 0, pattern(size, size));
      assertArrayEquals(pattern(size, size), read(tree(), file, 0, 20_000));
    }
    tree().sync();
    for (int size : sizes) {
      long file = tree().lookup(Trees.ROOT, Trees.name("f" + size)).inode();
      assertArrayEquals(pattern(size, size), read(tree(), file, 0, 20_000), "size " + size);
      write(tree(), file, size, pattern(100, 1));
      assertArrayEquals(pattern(size, size), read(tree(), file, 0, size));
      assertArrayEquals(pattern(100, 1), read(tree(), file, size, 200));
    }
  }

  @Test
  default void truncate_andGrow_showsZeros() throws IOException {
    for (boolean flushed : new boolean[] {false, true}) {
      long file = file(tree(), "f" + flushed);
      write(tree(), file, 0, pattern(20_000, 3));
      if (flushed) {
        tree().sync();
      }
      resize(file, 5_000);
      resize(file, 20_000);
      assertArrayEquals(pattern(5_000, 3), read(tree(), file, 0, 5_000));
      assertArrayEquals(new byte[15_000], read(tree(), file, 5_000, 20_000));
      if (flushed) {
        tree().sync();
      }
      resize(file, 3);
      write(tree(), file, 10, "x");
      assertArrayEquals(
          new byte[] {0, 0, 0, 0, 0, 0, 0, 'x'}, read(tree(), file, 3, 100), "flushed " + flushed);
    }
  }

  @Test
  default void write_behindTheEnd_leavesZeros() throws IOException {
    long file = file(tree(), "f", "start");
    write(tree(), file, 100_000, "end");
    assertArrayEquals(new byte[100_000 - 5], read(tree(), file, 5, 100_000 - 5));
    assertEquals("end", new String(read(tree(), file, 100_000, 10)));
    tree().sync();
    assertArrayEquals(new byte[100_000 - 5], read(tree(), file, 5, 100_000 - 5));
  }

  @Test
  default void file_of1TiB_isSparse() throws IOException {
    long file = file(tree(), "f");
    long tebibyte = 1L << 40;
    resize(file, tebibyte);
    for (long offset = 0; offset < tebibyte; offset += tebibyte / 16) {
      write(tree(), file, offset + 12_345, "here " + offset);
    }
    tree().sync();
    assertEquals(tebibyte, attributes(tree(), file).size());
    for (long offset = 0; offset < tebibyte; offset += tebibyte / 16) {
      String text = "here " + offset;
      assertEquals(text, new String(read(tree(), file, offset + 12_345, text.length())));
      assertArrayEquals(new byte[12_345], read(tree(), file, offset, 12_345));
    }
    long blocks = attributes(tree(), file).blocks();
    org.junit.jupiter.api.Assertions.assertTrue(blocks <= 16 * 8, blocks + " blocks");
    resize(file, 12_345);
    assertEquals(12_345, attributes(tree(), file).size());
  }

  @Test
  default void file_endsAt2To63Minus1() throws IOException {
    long file = file(tree(), "f");
    write(tree(), file, Long.MAX_VALUE - 4, "last");
    assertEquals(Long.MAX_VALUE, attributes(tree(), file).size());
    assertEquals("last", new String(read(tree(), file, Long.MAX_VALUE - 4, 100)));
    tree().sync();
    assertEquals("last", new String(read(tree(), file, Long.MAX_VALUE - 4, 100)));
    refused(EFBIG, () -> write(tree(), file, Long.MAX_VALUE - 3, "last"));
    refused(EFBIG, () -> write(tree(), file, Long.MAX_VALUE, "x"));
    refused(EFBIG, () -> tree().append(file, ByteBuffer.wrap(new byte[1])));
    refused(EINVAL, () -> write(tree(), file, -1, "x"));
    resize(file, 10);
    resize(file, Long.MAX_VALUE);
    assertArrayEquals(new byte[4], read(tree(), file, Long.MAX_VALUE - 4, 100));
  }

  /** Behind the last block there is none to be looked for. */
  @Test
  default void lastBlock_isWrittenAgainAndPunched() throws IOException {
    long file = file(tree(), "f");
    byte[] first = pattern(8_000, 1);
    write(tree(), file, 0, first);
    for (String text : new String[] {"a", "b"}) {
      write(tree(), file, Long.MAX_VALUE - 1, text);
      tree().fsync(file, false);
      assertEquals(text, new String(read(tree(), file, Long.MAX_VALUE - 1, 100)));
    }
    tree().fallocate(file, FallocateMode.PUNCH_HOLE, Long.MAX_VALUE - 5_000, 5_000);
    assertArrayEquals(new byte[1], read(tree(), file, Long.MAX_VALUE - 1, 100));
    assertArrayEquals(first, read(tree(), file, 0, 8_000));
    tree().sync();
  }

  @Test
  default void largeFile_writtenAndReadInPieces() throws IOException {
    long file = file(tree(), "f");
    int piece = 1 << 20;
    for (int i = 0; i < 40; i++) {
      write(tree(), file, (long) i * piece, pattern(piece, i));
    }
    for (int i = 39; i >= 0; i--) {
      assertArrayEquals(pattern(piece, i), read(tree(), file, (long) i * piece, piece));
    }
    ByteBuffer odd = ByteBuffer.allocateDirect(333_333);
    long at = 0;
    while (true) {
      odd.clear();
      int count = tree().read(file, at, odd);
      if (count == 0) {
        break;
      }
      for (int i = 0; i < count; i += 997) {
        long offset = at + i;
        int inPiece = (int) (offset % piece);
        byte expected = (byte) ((int) (offset / piece) + inPiece * 31 + (inPiece >> 8) * 7 + 1);
        assertEquals(expected, odd.get(i), "byte " + offset);
      }
      at += count;
    }
    assertEquals(40L * piece, at);
  }
}

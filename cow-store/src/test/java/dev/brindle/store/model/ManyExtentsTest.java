package dev.brindle.store.model;

import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.read;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.FileTree.Seek;
import dev.brindle.store.Store;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.FallocateMode;
import dev.brindle.store.check.Check;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One call on a range with more extents than one change of a tree touches. */
final class ManyExtentsTest {
  private static final int PAGE = 4096;
  private static final int EXTENTS = 5_000;
  private static final int BYTES = 2 * EXTENTS * PAGE;

  private final FaultyDisk disk = new FaultyDisk();
  private final byte[] content = new byte[BYTES];
  private Store store;
  private WritableFileTree tree;
  private long file;

  /** Every second page is a hole. */
  @BeforeEach
  void fill() throws IOException {
    Store.create(disk, CrashRun.OPTIONS);
    store = Store.open(disk, CrashRun.OPTIONS);
    tree = store.open(store.createVolume(name("v"), 0, 0).id());
    file = file(tree, "f");
    byte[] page = pattern(PAGE, 1);
    for (int at = PAGE; at < BYTES; at += 2 * PAGE) {
      write(tree, file, at, page);
      System.arraycopy(page, 0, content, at, PAGE);
    }
    store.checkpoint();
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  private void expectContent(long of, int length) throws IOException {
    assertEquals(length, tree.getattr(of).size());
    for (int at = 0; at < length; at += 1 << 20) {
      int part = Math.min(1 << 20, length - at);
      assertArrayEquals(Arrays.copyOfRange(content, at, at + part), read(tree, of, at, part));
    }
    assertEquals(List.of(), Check.run(store, true).problems());
  }

  @ParameterizedTest
  @EnumSource(FallocateMode.class)
  void fallocate_ofAll(FallocateMode mode) throws IOException {
    int from = PAGE + 100;
    tree.fallocate(file, mode, from, BYTES - from - 100);
    boolean clears = mode != FallocateMode.ALLOCATE && mode != FallocateMode.ALLOCATE_KEEP_SIZE;
    if (clears) {
      Arrays.fill(content, from, BYTES - 100, (byte) 0);
    }
    expectContent(file, BYTES);
    long pages = mode == FallocateMode.PUNCH_HOLE ? 2 : 2 * EXTENTS - 1;
    assertEquals(pages * (PAGE / 512), tree.getattr(file).blocks());
  }

  @Test
  void fallocate_behindTheEnd() throws IOException {
    tree.fallocate(file, FallocateMode.ALLOCATE, BYTES - PAGE, 100L * PAGE);
    byte[] longer = Arrays.copyOf(content, BYTES + 99 * PAGE);
    assertEquals(longer.length, tree.getattr(file).size());
    assertArrayEquals(
        Arrays.copyOfRange(longer, BYTES - PAGE, longer.length),
        read(tree, file, BYTES - PAGE, 100 * PAGE));
  }

  @Test
  void seek_findsTheEndOfALongRun() throws IOException {
    byte[] page = pattern(PAGE, 1);
    for (int at = 0; at < BYTES; at += 2 * PAGE) {
      write(tree, file, at, page);
    }
    assertEquals(BYTES, tree.seek(file, 0, Seek.HOLE));
    assertEquals(0, tree.seek(file, 0, Seek.DATA));
    tree.fallocate(file, FallocateMode.PUNCH_HOLE, 0, BYTES - PAGE);
    assertEquals(BYTES - PAGE, tree.seek(file, 0, Seek.DATA));
    assertEquals(0, tree.seek(file, 0, Seek.HOLE));
  }

  /** By reference, and byte by byte where the places in a block differ. */
  @Test
  void copy_ofAll() throws IOException {
    for (int shift : new int[] {0, 100}) {
      long copy = file(tree, "copy" + shift);
      long done = 0;
      while (done < BYTES) {
        long step = tree.copyRange(tree, file, done, copy, done + shift, BYTES - done);
        done += step;
      }
      assertEquals(BYTES + shift, tree.getattr(copy).size());
      for (int at = 0; at < BYTES; at += 1 << 20) {
        int part = Math.min(1 << 20, BYTES - at);
        assertArrayEquals(
            Arrays.copyOfRange(content, at, at + part), read(tree, copy, at + shift, part));
      }
    }
    assertEquals(List.of(), Check.run(store, true).problems());
  }
}

package dev.brindle.store.volume;

import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.read;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FileTree;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.FallocateMode;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Long reads of files of which parts were overwritten, so that they stand here and there. */
final class SpansTest {
  private static final StoreOptions OPTIONS = StoreOptions.defaults().withSegmentBlocks(1024);
  private static final int BLOCK = 4096;
  private static final int BLOCKS = 300;
  private static final String LOG = "log/";

  private final FaultyDisk disk = new FaultyDisk();
  private long volume;
  private long file;
  private byte[] content = new byte[BLOCKS * BLOCK];

  /** A place in the store's files. */
  private record Place(String file, int block) {}

  private void create(Random random) throws IOException {
    Store.create(disk, OPTIONS);
    try (Store store = Store.open(disk, OPTIONS)) {
      volume = store.createVolume(name("main"), 0, 0).id();
      WritableFileTree tree = store.open(volume);
      file = file(tree, "file");
      overwrite(tree, random, 0, BLOCKS);
      tree.sync();
    }
  }

  private void overwrite(WritableFileTree tree, Random random, int from, int count)
      throws IOException {
    byte[] bytes = new byte[count * BLOCK];
    random.nextBytes(bytes);
    System.arraycopy(bytes, 0, content, from * BLOCK, bytes.length);
    write(tree, file, (long) from * BLOCK, bytes);
  }

  private void assertReads(FileTree tree, int from, int length) throws IOException {
    int end = Math.min(content.length, from + length);
    assertArrayEquals(
        Arrays.copyOfRange(content, from, end),
        read(tree, file, from, length),
        () -> length + " bytes from " + from);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void overwrittenFile_readsAsItWasWritten(long seed) throws IOException {
    Random random = new Random(seed);
    create(random);
    for (int round = 0; round < 6; round++) {
      try (Store store = Store.open(disk, OPTIONS)) {
        WritableFileTree tree = store.open(volume);
        for (int i = 0; i < 12 * round; i++) {
          change(tree, random);
        }
        readHereAndThere(tree, random);
        store.reclaim();
        readHereAndThere(tree, random);
      }
    }
  }

  private void change(WritableFileTree tree, Random random) throws IOException {
    int count = random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(20);
    int from = random.nextInt(BLOCKS - count);
    if (random.nextInt(10) == 0) {
      tree.fallocate(file, FallocateMode.PUNCH_HOLE, (long) from * BLOCK, (long) count * BLOCK);
      Arrays.fill(content, from * BLOCK, (from + count) * BLOCK, (byte) 0);
    } else {
      overwrite(tree, random, from, count);
    }
    if (random.nextInt(4) == 0) {
      tree.fsync(file, false);
    }
  }

  private void readHereAndThere(FileTree tree, Random random) throws IOException {
    assertReads(tree, 0, content.length);
    for (int i = 0; i < 40; i++) {
      int from = random.nextInt(content.length);
      assertReads(tree, from, 1 + random.nextInt(content.length));
      assertReads(tree, from / BLOCK * BLOCK, (1 + random.nextInt(BLOCKS)) * BLOCK);
    }
  }

  @Test
  void deadBlockBetween_mayBeAnything() throws IOException {
    Random random = new Random(1);
    create(random);
    byte[] dead = Arrays.copyOfRange(content, 100 * BLOCK, 101 * BLOCK);
    overwriteOne(random, 100);
    Place place = find(dead);
    disk.flipBit(place.file, 8L * BLOCK * place.block);
    assertAllReads();
    disk.makeUnreadable(place.file, place.block);
    assertAllReads();
  }

  @Test
  void damagedBlock_costsWhatReadsIt() throws IOException {
    Random random = new Random(1);
    create(random);
    overwriteOne(random, 100);
    for (int damaged : new int[] {0, 99, 100, 101, BLOCKS - 1}) {
      Place place = find(Arrays.copyOfRange(content, damaged * BLOCK, (damaged + 1) * BLOCK));
      disk.flipBit(place.file, 8L * BLOCK * place.block + 77);
      try (Store store = Store.open(disk, OPTIONS)) {
        FileTree tree = store.open(volume);
        assertThrows(
            CorruptStoreException.class, () -> read(tree, file, 0, content.length), "" + damaged);
        assertReads(tree, 0, damaged * BLOCK);
        assertReads(tree, (damaged + 1) * BLOCK, content.length);
      }
      disk.flipBit(place.file, 8L * BLOCK * place.block + 77);
    }
    assertAllReads();
  }

  private void overwriteOne(Random random, int block) throws IOException {
    try (Store store = Store.open(disk, OPTIONS)) {
      WritableFileTree tree = store.open(volume);
      overwrite(tree, random, block, 1);
      tree.sync();
    }
  }

  private void assertAllReads() throws IOException {
    try (Store store = Store.open(disk, OPTIONS)) {
      assertReads(store.open(volume), 0, content.length);
    }
  }

  private Place find(byte[] block) throws IOException {
    for (String name : disk.list("log")) {
      byte[] segment = disk.contents(LOG + name);
      for (int at = 0; at < segment.length; at += BLOCK) {
        if (Arrays.equals(segment, at, at + BLOCK, block, 0, BLOCK)) {
          return new Place(LOG + name, at / BLOCK);
        }
      }
    }
    throw new AssertionError("the block is in no segment");
  }
}

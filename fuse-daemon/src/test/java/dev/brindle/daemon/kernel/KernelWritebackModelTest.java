package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.daemon.MountedStore;
import dev.brindle.daemon.transport.CachingOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file whose writes the kernel keeps, against an array: by several handles, with snapshots. */
class KernelWritebackModelTest {
  private static final int OPERATIONS = Boolean.getBoolean("brindle.full") ? 20_000 : 1_000;
  private static final int BYTES_MAX = 200_000;

  @TempDir Path directory;
  private byte[] expected = {};
  private Path file;

  @Test
  void file_andItsSnapshots_holdWhatWasWritten() throws Exception {
    long seed = Long.getLong("brindle.seed", System.nanoTime());
    System.out.println("seed " + seed);
    try (MountedStore store = MountedStore.create(directory.resolve("store"))) {
      Path root = Files.createDirectory(directory.resolve("root"));
      CachingOptions caching = CachingOptions.lasting().withWrites(true);
      store.mount(KernelTransport.create(50), "main", root, caching);
      file = Files.createFile(root.resolve("f"));
      run(new Random(seed));
      assertArrayEquals(expected, Files.readAllBytes(file));
    }
  }

  private void run(Random random) throws IOException {
    try (FileChannel both =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileChannel writing = FileChannel.open(file, StandardOpenOption.WRITE);
        FileChannel appending = FileChannel.open(file, StandardOpenOption.APPEND)) {
      for (int i = 0; i < OPERATIONS; i++) {
        switch (random.nextInt(8)) {
          case 0, 1, 2 -> write(random, random.nextBoolean() ? both : writing);
          case 3 -> append(random, appending);
          case 4 -> truncate(random.nextInt(BYTES_MAX), both);
          case 5, 6 -> read(random, both);
          default -> snapshot(random, "s" + i);
        }
        assertEquals(expected.length, both.size());
      }
    }
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[1 + random.nextInt(random.nextBoolean() ? 100 : 20_000)];
    random.nextBytes(bytes);
    return bytes;
  }

  private void put(byte[] bytes, int at) {
    expected = Arrays.copyOf(expected, Math.max(expected.length, at + bytes.length));
    System.arraycopy(bytes, 0, expected, at, bytes.length);
  }

  private void write(Random random, FileChannel to) throws IOException {
    int at = random.nextInt(BYTES_MAX);
    byte[] bytes = bytes(random);
    assertEquals(bytes.length, to.write(ByteBuffer.wrap(bytes), at));
    put(bytes, at);
  }

  private void append(Random random, FileChannel to) throws IOException {
    byte[] bytes = bytes(random);
    assertEquals(bytes.length, to.write(ByteBuffer.wrap(bytes)));
    put(bytes, expected.length);
  }

  private void truncate(int size, FileChannel channel) throws IOException {
    if (size < expected.length) {
      channel.truncate(size);
      expected = Arrays.copyOf(expected, size);
    }
  }

  private void read(Random random, FileChannel from) throws IOException {
    int at = random.nextInt(BYTES_MAX);
    ByteBuffer target = ByteBuffer.allocate(1 + random.nextInt(50_000));
    int count = Math.max(0, from.read(target, at));
    assertEquals(Math.max(0, Math.min(target.capacity(), expected.length - at)), count);
    assertArrayEquals(
        Arrays.copyOfRange(
            expected, Math.min(at, expected.length), Math.min(at, expected.length) + count),
        Arrays.copyOf(target.array(), count));
  }

  private void snapshot(Random random, String name) throws IOException {
    Path snapshot = Files.createDirectory(file.resolveSibling(".snapshots").resolve(name));
    assertArrayEquals(expected, Files.readAllBytes(snapshot.resolve("f")));
    if (random.nextBoolean()) {
      Files.delete(snapshot);
    }
  }
}

package dev.brindle.store.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.disk.Disk.OpenMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OverlayDiskTest {
  private static final int BYTES_MAX = 40_000;

  @TempDir Path directory;
  private OverlayDisk disk;

  @BeforeEach
  void openDisk() throws IOException {
    disk = new OverlayDisk(new HostDisk(directory));
    Files.writeString(directory.resolve("a"), "below");
    Files.writeString(Files.createDirectory(directory.resolve("d")).resolve("b"), "b");
  }

  @AfterEach
  void closeDisk() throws IOException {
    disk.close();
    assertEquals("below", Files.readString(directory.resolve("a")));
    assertEquals("b", Files.readString(directory.resolve("d/b")));
    try (var files = Files.walk(directory)) {
      assertEquals(4, files.count());
    }
  }

  private byte[] content(String name) throws IOException {
    try (DiskFile file = disk.open(name, OpenMode.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) file.length() + 1);
      assertEquals(file.length(), file.read(0, bytes));
      return Arrays.copyOf(bytes.array(), bytes.position());
    }
  }

  private String text(String name) throws IOException {
    return new String(content(name));
  }

  private void write(String name, OpenMode mode, String text) throws IOException {
    try (DiskFile file = disk.open(name, mode)) {
      file.write(0, ByteBuffer.wrap(text.getBytes()));
      file.sync();
    }
  }

  @Test
  void write_isSeenByEachHandle_alsoAfterTheyAreClosed() throws IOException {
    try (DiskFile reader = disk.open("a", OpenMode.READ)) {
      write("a", OpenMode.READ_WRITE, "over");
      ByteBuffer bytes = ByteBuffer.allocate(5);
      assertEquals(5, reader.read(0, bytes));
      assertEquals("overw", new String(bytes.array()));
    }
    assertEquals("overw", text("a"));
  }

  @Test
  void names_madeRenamedAndDeleted_areSoHereOnly() throws IOException {
    assertThrows(FileAlreadyExistsException.class, () -> disk.open("a", OpenMode.CREATE));
    disk.createDirectory("new");
    write("new/c", OpenMode.CREATE, "c");
    disk.rename("a", "d/a");
    disk.rename("new/c", "d/b");
    assertEquals(List.of("d", "new"), disk.list(""));
    assertEquals(List.of("a", "b"), disk.list("d"));
    assertEquals(List.of(), disk.list("new"));
    assertEquals("below", text("d/a"));
    assertEquals("c", text("d/b"));
    assertFalse(disk.exists("a"));
    assertThrows(NoSuchFileException.class, () -> disk.open("a", OpenMode.READ));

    disk.delete("d/a");
    disk.delete("d/b");
    assertEquals(List.of(), disk.list("d"));
    write("a", OpenMode.CREATE, "again");
    assertTrue(disk.exists("a"));
    assertEquals("again", text("a"));
  }

  @Test
  void randomChanges_areWhatAnArrayHas() throws IOException {
    long seed = Long.getLong("brindle.seed", System.nanoTime());
    Random random = new Random(seed);
    byte[] model = new byte[BYTES_MAX];
    System.arraycopy("below".getBytes(), 0, model, 0, 5);
    int length = 5;
    for (int i = 0; i < 2_000; i++) {
      try (DiskFile file = disk.open("a", OpenMode.READ_WRITE)) {
        int offset = random.nextInt(BYTES_MAX);
        int bytes = 1 + random.nextInt(BYTES_MAX - offset);
        switch (random.nextInt(4)) {
          case 0 -> {
            file.truncate(offset);
            Arrays.fill(model, offset, BYTES_MAX, (byte) 0);
            length = offset;
          }
          case 1 -> {
            file.allocate(offset, bytes);
            length = Math.max(length, offset + bytes);
          }
          default -> {
            byte[] written = new byte[bytes];
            random.nextBytes(written);
            file.write(offset, ByteBuffer.wrap(written));
            System.arraycopy(written, 0, model, offset, bytes);
            length = Math.max(length, offset + bytes);
          }
        }
      }
      assertArrayEquals(Arrays.copyOf(model, length), content("a"), "seed " + seed);
    }
  }
}

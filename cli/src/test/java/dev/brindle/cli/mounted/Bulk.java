package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of which a snapshot holds thousands of pieces that the volume has no longer: its deletion
 * takes a while, and leaves segments that are mostly dead.
 */
final class Bulk {
  static final String PREFIX = "bulk-";

  private static final int BLOCK_BYTES = 4096;
  private static final int BLOCKS = 6_000;
  private static final int KEPT_EVERY = 3;

  private final Path root;
  private int number;
  private boolean deleted;

  Bulk(Path root) {
    this.root = root;
  }

  private Path file() {
    return root.resolve("bulk");
  }

  private Path snapshot() {
    return root.resolve(".snapshots").resolve(PREFIX + number);
  }

  /** Writes the file, takes the snapshot, overwrites most blocks of the file. */
  void make() throws IOException {
    number++;
    deleted = false;
    Files.deleteIfExists(file());
    try (FileChannel channel =
        FileChannel.open(file(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int block = 0; block < BLOCKS; block++) {
        channel.write(content(block, 0));
      }
      Files.createDirectory(snapshot());
      for (int block = 0; block < BLOCKS; block++) {
        if (block % KEPT_EVERY != 0) {
          channel.write(content(block, 1), (long) block * BLOCK_BYTES);
        }
      }
      channel.force(true);
    }
  }

  void deleteSnapshot() throws IOException {
    Files.delete(snapshot());
    LedgerFile.syncDirectory(root);
    deleted = true;
  }

  /** Verifies what was made, and lets it go. */
  void verify() throws IOException {
    if (number == 0 || !Files.exists(file())) {
      return;
    }
    expect(file(), 1);
    if (deleted) {
      assertFalse(Files.exists(snapshot()), () -> snapshot() + " was deleted and is back");
    } else if (Files.exists(snapshot())) {
      expect(snapshot().resolve("bulk"), 0);
      Files.delete(snapshot());
    }
    Files.delete(file());
    LedgerFile.syncDirectory(root);
  }

  private void expect(Path file, int generation) throws IOException {
    ByteBuffer found = ByteBuffer.wrap(Files.readAllBytes(file));
    assertEquals(BLOCKS * BLOCK_BYTES, found.limit(), file::toString);
    for (int block = 0; block < BLOCKS; block++) {
      ByteBuffer wanted = content(block, block % KEPT_EVERY == 0 ? 0 : generation);
      int at = block;
      assertEquals(
          wanted,
          found.slice(block * BLOCK_BYTES, BLOCK_BYTES),
          () -> file + " is wrong in block " + at);
    }
  }

  private ByteBuffer content(int block, int generation) {
    ByteBuffer content = ByteBuffer.allocate(BLOCK_BYTES);
    while (content.hasRemaining()) {
      content.putInt(number).putInt(generation).putLong(block);
    }
    return content.flip();
  }
}

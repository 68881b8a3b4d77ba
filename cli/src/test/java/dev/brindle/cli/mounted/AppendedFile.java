package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/** A file that grows at its end; its mark is its length. */
final class AppendedFile extends LedgerFile {
  private static final int LENGTH_MAX = 400_000;

  AppendedFile(String name, long id) {
    super(name, id, 1);
  }

  @Override
  long[] plan(long[] marks, Random random) {
    int more = random.nextInt(4) == 0 ? random.nextInt(60_000) : random.nextInt(3_000);
    marks[0] = Math.min(LENGTH_MAX, marks[0] + 1 + more);
    return marks;
  }

  @Override
  void apply(Path file, long[] from, long[] to, boolean sync) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      ByteBuffer more = LedgerContent.bytes(id, from[0], to[0]);
      while (more.hasRemaining()) {
        channel.write(more);
      }
      if (sync) {
        channel.force(false);
      }
    }
  }

  @Override
  long[] read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    long wrong = LedgerContent.mismatch(id, 0, ByteBuffer.wrap(bytes));
    if (wrong >= 0) {
      fail(file + " holds garbage at " + wrong + " of " + bytes.length + " bytes");
    }
    return new long[] {bytes.length};
  }
}

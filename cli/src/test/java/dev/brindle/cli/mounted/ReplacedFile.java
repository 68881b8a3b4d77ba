package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/** A file that is written beside and renamed into place; its mark is its generation. */
final class ReplacedFile extends LedgerFile {
  private static final int LENGTH_MAX = 90_000;

  ReplacedFile(String name, long id) {
    super(name, id, 1);
  }

  @Override
  long[] plan(long[] marks, Random random) {
    marks[0]++;
    return marks;
  }

  @Override
  void apply(Path file, long[] from, long[] to, boolean sync) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            beside,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer content = content(to[0]);
      while (content.hasRemaining()) {
        channel.write(content);
      }
      if (sync) {
        channel.force(false);
      }
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    if (sync) {
      syncDirectory(file.getParent());
    }
  }

  private ByteBuffer content(long generation) {
    long seed = LedgerContent.mix(id) + generation;
    long length = 8 + Math.floorMod(LedgerContent.mix(seed), LENGTH_MAX);
    return LedgerContent.bytes(seed, 0, length).putLong(0, generation);
  }

  @Override
  long[] read(Path file) throws IOException {
    ByteBuffer found = ByteBuffer.wrap(Files.readAllBytes(file));
    long generation = found.limit() < 8 ? 0 : found.getLong(0);
    if (generation <= 0 || found.compareTo(content(generation)) != 0) {
      fail(file + " is not whole: " + found.limit() + " bytes, generation " + generation);
    }
    return new long[] {generation};
  }
}

package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

/** A file whose blocks are overwritten in any order; its marks are the blocks' generations. */
final class OverwrittenFile extends LedgerFile {
  private static final int BLOCK_BYTES = 4096;
  private static final int CHANGED_AT_ONCE = 5;

  OverwrittenFile(String name, long id, int blocks) {
    super(name, id, blocks);
  }

  @Override
  long[] plan(long[] marks, Random random) {
    boolean isWhole = true;
    for (int i = 0; i < marks.length; i++) {
      if (marks[i] == 0) {
        marks[i] = 1;
        isWhole = false;
      }
    }
    if (!isWhole) {
      return marks;
    }
    for (int i = 0; i < CHANGED_AT_ONCE; i++) {
      marks[random.nextInt(marks.length)]++;
    }
    return marks;
  }

  @Override
  void apply(Path file, long[] from, long[] to, boolean sync) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int block = 0; block < to.length; block++) {
        if (from[block] != to[block]) {
          channel.write(content(block, to[block]), (long) block * BLOCK_BYTES);
        }
      }
      if (sync) {
        channel.force(false);
      }
    }
  }

  private ByteBuffer content(int block, long generation) {
    ByteBuffer content = LedgerContent.bytes(seed(block, generation), 0, BLOCK_BYTES);
    return content.putLong(0, generation);
  }

  private long seed(int block, long generation) {
    return LedgerContent.mix(id * 31 + block) + generation;
  }

  /** Blocks that are not there yet have generation 0. */
  @Override
  long[] read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    long[] found = new long[attempted().length];
    if (bytes.limit() % BLOCK_BYTES != 0 || bytes.limit() > found.length * BLOCK_BYTES) {
      fail(file + " has " + bytes.limit() + " bytes");
    }
    for (int block = 0; block * BLOCK_BYTES < bytes.limit(); block++) {
      ByteBuffer content = bytes.slice(block * BLOCK_BYTES, BLOCK_BYTES);
      found[block] = content.getLong(0);
      if (found[block] == 0 || content.compareTo(content(block, found[block])) != 0) {
        fail(
            "%s of %d bytes holds garbage in block %d after %s, beginning with %s"
                .formatted(
                    file,
                    bytes.limit(),
                    block,
                    Arrays.toString(Arrays.copyOf(found, block)),
                    HexFormat.of()
                        .formatHex(bytes.array(), block * BLOCK_BYTES, block * BLOCK_BYTES + 32)));
      }
    }
    return found;
  }
}

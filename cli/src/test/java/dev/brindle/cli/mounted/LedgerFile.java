package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A file and what was acknowledged of it. What it holds is told in <i>marks</i>, numbers that only
 * grow: a length, or the generation of each block. After a crash each mark is at least what was
 * synced and at most what was attempted.
 */
abstract class LedgerFile {
  final String name;
  final long id;
  private long @Nullable [] synced;
  private long @Nullable [] written;
  private long[] attempted;
  private boolean removing;

  LedgerFile(String name, long id, int marks) {
    this.name = name;
    this.id = id;
    attempted = new long[marks];
  }

  /** The marks after one more change. */
  abstract long[] plan(long[] marks, Random random);

  /** Makes the change. */
  abstract void apply(Path file, long[] from, long[] to, boolean sync) throws IOException;

  /**
   * The marks that a file has.
   *
   * @throws AssertionError its content is none that it ever had
   */
  abstract long[] read(Path file) throws IOException;

  /** Changes the file, and has it synced if wanted. */
  final void change(Path directory, Random random, boolean sync) throws IOException {
    long[] before = attempted();
    long[] after = plan(before.clone(), random);
    synchronized (this) {
      attempted = after;
    }
    apply(directory.resolve(name), before, after, sync);
    synchronized (this) {
      written = after;
      synced = sync ? after : synced;
    }
  }

  final void remove(Path directory) throws IOException {
    synchronized (this) {
      removing = true;
    }
    Files.delete(directory.resolve(name));
    syncDirectory(directory);
  }

  final synchronized boolean isRemoving() {
    return removing;
  }

  /** Null while nothing of it is acknowledged. */
  final synchronized long @Nullable [] written() {
    return written;
  }

  final synchronized long[] attempted() {
    return attempted;
  }

  /**
   * Verifies the file after a crash, and begins anew with what there is.
   *
   * @return false when it is gone, as it may be
   */
  final synchronized boolean verify(Path directory) throws IOException {
    Path file = directory.resolve(name);
    if (!Files.exists(file)) {
      if (synced != null && !removing) {
        fail(file + " was synced and is gone");
      }
      return false;
    }
    long[] found;
    try {
      found = read(file);
    } catch (AssertionError e) {
      throw new AssertionError(
          "%s; acknowledged %s, written %s, attempted %s"
              .formatted(
                  e.getMessage(),
                  Arrays.toString(synced),
                  Arrays.toString(written),
                  Arrays.toString(attempted)),
          e);
    }
    expectBetween(file, found, synced, attempted);
    synced = found;
    written = found;
    attempted = found;
    removing = false;
    return true;
  }

  /** Each mark is in its bounds. */
  static void expectBetween(Path file, long[] found, long @Nullable [] least, long[] most) {
    for (int i = 0; i < most.length; i++) {
      if (found[i] > most[i] || (least != null && found[i] < least[i])) {
        fail(
            "%s has mark %d at %d: acknowledged %s, attempted %s, found %s"
                .formatted(
                    file,
                    found[i],
                    i,
                    Arrays.toString(least),
                    Arrays.toString(most),
                    Arrays.toString(found)));
      }
    }
  }

  static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}

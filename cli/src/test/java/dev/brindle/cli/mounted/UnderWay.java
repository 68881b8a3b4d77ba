package dev.brindle.cli.mounted;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a store's files tell of work that has begun and not ended. Of a store whose process died it
 * is certain; of one that is served it is a glance.
 */
final class UnderWay {
  private static final int PAGE_BYTES = 4096;
  private static final int CHECKPOINT_AT = 32;
  private static final int PAGES_AT = CHECKPOINT_AT + Long.BYTES;
  private static final int ENTRY_BYTES = 8;

  private UnderWay() {}

  /**
   * A checkpoint is being written: the newest journal is longer than what it says was applied, as
   * the index's package draws it.
   */
  static boolean checkpoint(Path store) {
    try (Stream<Path> files = Files.list(store.resolve("checkpoints"))) {
      Path newest =
          files
              .filter(file -> file.toString().endsWith(".journal"))
              .max((a, b) -> Long.compare(number(a), number(b)))
              .orElseThrow();
      try (FileChannel journal = FileChannel.open(newest)) {
        return journal.size() > appliedEnd(journal);
      }
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long number(Path file) {
    String name = file.getFileName().toString();
    return Long.parseLong(name.substring(0, name.indexOf('.')));
  }

  /** Where the records end that are in {@code index.db} for certain. */
  private static long appliedEnd(FileChannel journal) throws IOException {
    ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
    journal.read(page, 0);
    long applied = page.getLong(CHECKPOINT_AT);
    long end = PAGE_BYTES;
    while (journal.read(page.clear(), end) == PAGE_BYTES) {
      long checkpoint = page.getLong(CHECKPOINT_AT);
      if (checkpoint == 0 || checkpoint > applied) {
        break;
      }
      long pages = page.getInt(PAGES_AT);
      long tablePages = (pages * ENTRY_BYTES + PAGE_BYTES - 1) / PAGE_BYTES;
      end += (1 + tablePages + pages) * PAGE_BYTES;
    }
    return end;
  }

  /** A segment is being rewritten: its new file stands beside the old one. */
  static boolean rewriting(Path store) {
    Path log = store.resolve("log");
    try (Stream<Path> files = Files.list(log)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".tmp"))
          .anyMatch(name -> Files.exists(log.resolve(name.replace(".tmp", ".seg"))));
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  /** The store is open, or was when its process died. */
  static boolean open(Path store) {
    return !lock(store).isBlank();
  }

  /** What the process that has the store open wrote about itself. */
  static String lock(Path store) {
    try {
      return Files.readString(store.resolve("lock"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

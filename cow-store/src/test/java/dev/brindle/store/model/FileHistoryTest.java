package dev.brindle.store.model;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.brindle.store.FileMode;
import dev.brindle.store.Timestamp;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The rules for file data after a crash, by examples. */
class FileHistoryTest {
  private static final ModelInode EMPTY_FILE =
      ModelInode.fresh(2, FileMode.REGULAR | 0644, 0, 0, ModelTime.exactly(new Timestamp(0, 0)));

  private static ModelInode file(String content) {
    byte[] bytes = content.replace('.', '\0').getBytes(StandardCharsets.US_ASCII);
    return EMPTY_FILE.withContent(SparseBytes.EMPTY.write(0, bytes));
  }

  private static void allowed(FileHistory history, String content, long until) {
    assertNull(history.refuse(file(content).content(), until));
  }

  private static void refused(FileHistory history, String content, long until) {
    assertNotNull(history.refuse(file(content).content(), until));
  }

  @Test
  void write_mayBeMissing_butIsNoGarbage() {
    FileHistory history = new FileHistory(0, file("old"));
    history.written(1, file("new"));
    allowed(history, "old", 1);
    allowed(history, "new", 1);
    refused(history, "bad", 1);
    refused(history, "...", 1);
    refused(history, "new", 0);
  }

  @Test
  void size_neverWithoutItsData() {
    FileHistory history = new FileHistory(0, EMPTY_FILE);
    history.written(1, file("aaaa"));
    history.written(2, file("aaaabbbb"));
    allowed(history, "", 2);
    allowed(history, "aaaa", 2);
    allowed(history, "aa", 2);
    allowed(history, "aaaabb", 2);
    refused(history, "....", 2);
    refused(history, "....bbbb", 2);
    refused(history, "aaaa....", 2);
    refused(history, "aaaabbbb.", 2);
  }

  @Test
  void truncation_cutsForGood() {
    FileHistory history = new FileHistory(0, file("aaaa"));
    history.written(1, file("bbbb"));
    history.cut(2, file("bb"), 2, Long.MAX_VALUE);
    history.written(3, file("bb.."));
    allowed(history, "aa", 2);
    allowed(history, "bb", 2);
    allowed(history, "aa..", 3);
    allowed(history, "aa", 3);
    refused(history, "bbbb", 2);
    refused(history, "b", 3);
    refused(history, "aaaa", 3);
    refused(history, "bbaa", 3);
  }

  @Test
  void truncation_ofWhatWasNeverFlushed() {
    FileHistory history = new FileHistory(0, EMPTY_FILE);
    history.written(1, file("aaaa"));
    history.cut(2, file("aa"), 2, Long.MAX_VALUE);
    allowed(history, "", 2);
    allowed(history, "aa", 2);
    refused(history, "aaaa", 2);
    refused(history, "..", 2);
  }

  @Test
  void rename_flushesAhead() {
    FileHistory history = new FileHistory(0, EMPTY_FILE);
    history.written(1, file("new"));
    history.flushed(2, file("new"));
    allowed(history, "", 1);
    allowed(history, "new", 2);
    refused(history, "", 2);
  }
}

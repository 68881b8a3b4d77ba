package dev.brindle.store.model;

import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.IndexLostException;
import dev.brindle.store.Store;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.check.Check;
import dev.brindle.store.check.Repair;
import dev.brindle.store.check.RepairReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that lost whole files or directories: what is said, and what brings the rest back. */
final class MissingFilesTest {
  @TempDir Path base;
  private Path directory = Path.of("");
  private Map<String, String> sound = Map.of();

  @BeforeEach
  void fill() throws IOException {
    directory = base.resolve("store");
    Store.create(directory, CrashRun.OPTIONS);
    try (Store store = open()) {
      long volume = store.createVolume(name("volume"), 0, 0).id();
      WritableFileTree tree = store.open(volume);
      write(tree, file(tree, "small"), 0, pattern(100, 1));
      write(tree, file(tree, "large"), 0, pattern(900_000, 2));
      store.createSnapshot(volume, name("snapshot"));
      sound = Map.copyOf(DamageSurvey.of(store));
    }
  }

  private Store open() throws IOException {
    return Store.open(directory, CrashRun.OPTIONS);
  }

  private List<Path> filesOf(Path of) throws IOException {
    try (Stream<Path> entries = Files.list(of)) {
      return entries.sorted().toList();
    }
  }

  private void delete(String... names) throws IOException {
    for (String lost : names) {
      Path path = directory.resolve(lost);
      if (Files.isDirectory(path)) {
        for (Path inside : filesOf(path)) {
          Files.delete(inside);
        }
      }
      Files.delete(path);
    }
  }

  private void expectLost(String sentence) {
    String message = assertThrows(IndexLostException.class, this::open).getMessage();
    assertTrue(message.contains(sentence), message);
    assertTrue(message.contains("brindle check --rebuild-index"), message);
  }

  private void expectDamaged(String file, String advice) {
    String message = assertThrows(CorruptStoreException.class, this::open).getMessage();
    assertTrue(message.startsWith("damaged store file " + file + ":"), message);
    assertTrue(message.contains(advice), message);
  }

  private void expectAllThere() throws IOException {
    try (Store store = open()) {
      assertEquals(new TreeSet<>(), DamageSurvey.compare(sound, store));
      assertEquals(List.of(), Check.run(store, true).problems());
    }
  }

  private RepairReport repair() throws IOException {
    try (Store store = Store.openAtRest(directory, CrashRun.OPTIONS)) {
      return Repair.run(store);
    }
  }

  /** Nothing but data is lost, and each segment that is missing is named. */
  private void expectNoDataAndNoMore(RepairReport report) throws IOException {
    assertTrue(report.deeds().get(0).contains("log/"), report::toString);
    assertFalse(report.remaining().isEmpty());
    for (String problem : report.remaining()) {
      assertTrue(
          problem.matches("damaged store file log/[0-9a-f]{16}\\.seg: the segment is missing.*"),
          problem);
    }
    try (Store store = open()) {
      TreeSet<String> unreadable = DamageSurvey.compare(sound, store);
      assertTrue(unreadable.size() >= 2 * 800_000 / 4096, unreadable::toString);
      unreadable.forEach(piece -> assertTrue(piece.contains("/large/#data"), piece));
      WritableFileTree tree = store.open(store.volume("volume").id());
      long later = file(tree, "later");
      write(tree, later, 0, pattern(300_000, 3));
      tree.fsync(later, false);
      assertEquals(report.remaining(), Check.run(store, false).problems());
    }
    assertEquals(report.remaining(), repair().remaining());
  }

  @Test
  void log_missing_isDamage_andARepairKeepsTheNames() throws IOException {
    delete("log");
    expectDamaged("log", "brindle check --repair");
    expectNoDataAndNoMore(repair());
  }

  @Test
  void log_emptied_isDamage_andARepairKeepsTheNames() throws IOException {
    for (Path segment : filesOf(directory.resolve("log"))) {
      Files.delete(segment);
    }
    String message = assertThrows(CorruptStoreException.class, this::open).getMessage();
    assertTrue(message.startsWith("damaged store file log/"), message);
    assertTrue(message.contains("brindle check --repair"), message);
    expectNoDataAndNoMore(repair());
  }

  @Test
  void segment_missing_costsItsData_andIsNamed() throws IOException {
    Path first = filesOf(directory.resolve("log")).get(0);
    Files.delete(first);
    try (Store store = open()) {
      TreeSet<String> unreadable = DamageSurvey.compare(sound, store);
      assertFalse(unreadable.isEmpty());
      unreadable.forEach(piece -> assertTrue(piece.contains("/large/#data"), piece));
      List<String> problems = Check.run(store, false).problems();
      assertEquals(1, problems.size(), problems::toString);
      assertTrue(problems.get(0).contains("log/" + first.getFileName()), problems::toString);
    }
    RepairReport report = repair();
    assertEquals(List.of(), report.deeds());
    assertEquals(1, report.remaining().size(), report::toString);
  }

  @Test
  void checkpoints_missing_areMadeAnew() throws IOException {
    delete("checkpoints");
    try (Store store = open()) {
      store.parts().index().renewCopies(() -> false);
      assertTrue(store.parts().index().hasCopies());
    }
    expectAllThere();
    delete("index.db");
    expectLost("index");
    Store.rebuildIndex(directory, false);
    expectAllThere();
  }

  @Test
  void index_missing_comesBack_andWithoutCopiesIsDamageThatSaysSo() throws IOException {
    delete("index.db");
    expectLost("index");
    Store.rebuildIndex(directory, false);
    expectAllThere();
    delete("index.db", "checkpoints");
    expectLost("index");
    String message =
        assertThrows(CorruptStoreException.class, () -> Store.rebuildIndex(directory, false))
            .getMessage();
    assertTrue(message.startsWith("damaged store file checkpoints:"), message);
  }

  @Test
  void superblock_missing_comesBack_andWithoutItsCopyIsDamageThatSaysSo() throws IOException {
    delete("superblock");
    expectLost("superblock");
    Store.rebuildIndex(directory, false);
    expectAllThere();
    Path saved = Files.move(directory.resolve("superblock"), base.resolve("superblock"));
    delete("checkpoints/superblock");
    assertTrue(Store.exists(directory));
    expectDamaged("superblock", "from a backup");
    assertThrows(CorruptStoreException.class, () -> Store.rebuildIndex(directory, false));
    assertThrows(CorruptStoreException.class, this::repair);
    assertThrows(IOException.class, () -> Store.create(directory, CrashRun.OPTIONS));
    Files.move(saved, directory.resolve("superblock"));
    expectAllThere();
  }

  /** Each file by itself: all is there, or it is said what is not. */
  @Test
  void anyFile_missing_costsNothingOrIsNamed() throws IOException {
    for (String parent : List.of("", "log", "checkpoints")) {
      for (Path file : filesOf(directory.resolve(parent))) {
        if (Files.isDirectory(file)) {
          continue;
        }
        Path saved = Files.move(file, base.resolve("saved"));
        try (Store store = Store.openAtRest(directory, CrashRun.OPTIONS)) {
          DamageSurvey.compare(sound, store);
        } catch (CorruptStoreException | IndexLostException e) {
          assertTrue(e.getMessage().contains("brindle check"), e::getMessage);
        }
        Files.move(saved, file, StandardCopyOption.REPLACE_EXISTING);
        expectAllThere();
      }
    }
  }
}

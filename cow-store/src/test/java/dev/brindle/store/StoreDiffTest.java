package dev.brindle.store;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.names;
import static dev.brindle.store.contract.Trees.refused;
import static dev.brindle.store.contract.Trees.text;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.brindle.store.WritableFileTree.RenameMode;
import dev.brindle.store.check.Check;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a diff tells, and that nobody waits for it. */
@Timeout(60)
class StoreDiffTest {
  @TempDir Path base;
  private Store store;
  private long main;
  private WritableFileTree tree;
  private long snapshot;

  @BeforeEach
  void createStore() throws IOException {
    Path path = base.resolve("store");
    Store.create(path, StoreOptions.defaults().withSegmentBlocks(1024));
    store = Store.open(path, StoreOptions.defaults());
    main = store.createVolume(name("main"), 0, 0).id();
    tree = store.open(main);
  }

  @AfterEach
  void check() throws IOException {
    assertEquals(List.of(), Check.run(store, true).problems());
    store.close();
  }

  private void takeSnapshot() throws IOException {
    snapshot = store.createSnapshot(main, name("s")).version();
  }

  private FileTree past() throws IOException {
    return store.openSnapshot(snapshot);
  }

  private List<String> diff() throws IOException {
    return diff(past(), tree);
  }

  private List<String> diff(FileTree from, FileTree to) throws IOException {
    List<String> lines = new ArrayList<>();
    store.diff(from, to, difference -> lines.add(line(difference)));
    return lines.stream().sorted().toList();
  }

  private static String line(Difference difference) {
    Name old = difference.oldPath();
    return difference.kind().symbol() + " " + (old == null ? "" : old + " -> ") + difference.path();
  }

  private void rename(long from, String name, long to, String newName) throws IOException {
    tree.rename(from, name(name), to, name(newName), RenameMode.REPLACE);
  }

  private int versions() {
    return store.parts().versions().versions().size();
  }

  @Test
  void fileReplacedByRename_isModified() throws IOException {
    long dir = directory(tree, "dir");
    file(tree, dir, "f");
    takeSnapshot();
    long fresh = file(tree, dir, "f.new");
    write(tree, fresh, 0, "saved");
    rename(dir, "f.new", dir, "f");

    assertEquals(List.of("M dir", "M dir/f"), diff());
    assertEquals(List.of("M dir", "M dir/f"), diff(tree, past()));
  }

  @Test
  void fileReplaced_theOldOneKeptAsABackup_isRenamedAndAdded() throws IOException {
    file(tree, "f", "old");
    takeSnapshot();
    rename(ROOT, "f", ROOT, "f~");
    file(tree, "f", "new");

    assertEquals(List.of("+ f", "R f -> f~"), diff());
  }

  @Test
  void oneOfTwoNamesReplaced_isModifiedAndTheOtherIsNot() throws IOException {
    long file = file(tree, "f", "old");
    tree.link(file, ROOT, name("g"));
    takeSnapshot();
    file(tree, "f.new", "new");
    rename(ROOT, "f.new", ROOT, "f");

    assertEquals(List.of("M f"), diff());
  }

  @Test
  void directoryMadeAnew_isComparedByPaths() throws IOException {
    long dir = directory(tree, directory(tree, "above"), "dir");
    file(tree, dir, "gone");
    file(tree, dir, "both");
    file(tree, dir, "kind");
    file(tree, dir, "moved");
    takeSnapshot();
    rename(tree.parent(dir), "dir", ROOT, "old");
    long again = directory(tree, tree.lookup(ROOT, name("above")).inode(), "dir");
    file(tree, again, "both");
    file(tree, again, "new");
    directory(tree, again, "kind");
    rename(dir, "moved", again, "moved");
    for (String name : List.of("gone", "both", "kind")) {
      tree.unlink(dir, name(name));
    }
    tree.rmdir(ROOT, name("old"));

    assertEquals(
        List.of(
            "+ above/dir/kind",
            "+ above/dir/new",
            "- above/dir/gone",
            "- above/dir/kind",
            "M above",
            "M above/dir",
            "M above/dir/both"),
        diff());
  }

  @Test
  void fileReplacedByAnotherThatWasThere_isRemovedAndRenamed() throws IOException {
    file(tree, "f", "old");
    file(tree, "g", "other");
    takeSnapshot();
    rename(ROOT, "g", ROOT, "f");

    assertEquals(List.of("- f", "R g -> f"), diff());
  }

  @Test
  void veryDeepPath_isTold() throws IOException {
    long at = ROOT;
    for (int i = 0; i < 3000; i++) {
      at = directory(tree, at, "d");
    }
    takeSnapshot();
    file(tree, at, "f");

    assertEquals("+ " + "d/".repeat(3000) + "f", diff().get(0));
  }

  @Test
  void changesWhileItRuns_doNotWaitAndAreNotSeen() throws IOException {
    takeSnapshot();
    for (int i = 0; i < 100; i++) {
      file(tree, "f" + i);
    }
    List<String> lines = new ArrayList<>();
    store.diff(
        past(),
        tree,
        difference -> {
          lines.add(line(difference));
          unchecked(
              () -> {
                tree.unlink(ROOT, difference.path());
                file(tree, difference.path() + ".late");
              });
        });

    assertEquals(100, lines.size());
    assertEquals(100, names(tree, ROOT).size());
    assertEquals(100, diff().size());
  }

  @Test
  void snapshotThatIsCompared_cannotBeDeletedUntilItIsDone() throws IOException {
    takeSnapshot();
    file(tree, "f", "x");
    store.diff(
        past(), tree, difference -> refused(Errno.EBUSY, () -> store.deleteSnapshot(snapshot)));
    store.deleteSnapshot(snapshot);
  }

  @Test
  void volumeDeletedWhileItIsCompared_isFreedAfterwards() throws IOException {
    long clone = store.cloneVolume(main, name("clone")).id();
    WritableFileTree cloned = store.open(clone);
    for (int i = 0; i < 50; i++) {
      file(cloned, "f" + i, "x".repeat(10_000));
    }
    List<String> lines = new ArrayList<>();
    store.diff(
        tree,
        cloned,
        difference -> {
          if (lines.isEmpty()) {
            unchecked(
                () -> {
                  store.deleteVolume(clone, CloneDisposition.REFUSE);
                  store.reclaim();
                });
          }
          lines.add(line(difference));
        });
    assertEquals(50, lines.size());
    store.reclaim();
    assertEquals(0, store.status().liveBytes());
  }

  @Test
  void whatItFroze_goesWithItsEnd_alsoAnEarlyOne() throws IOException {
    takeSnapshot();
    file(tree, "f", "x");
    store.reclaim();
    int before = versions();
    diff();
    Consumer<Difference> stop =
        difference -> {
          throw new UncheckedIOException(new IOException("enough"));
        };
    assertThrows(UncheckedIOException.class, () -> store.diff(past(), tree, stop));
    store.reclaim();
    assertEquals(before, versions());
  }

  @Test
  void crashWhileItRuns_leavesNothingOfIt() throws IOException {
    takeSnapshot();
    file(tree, "f", "before");
    store.checkpoint();
    int before = versions();
    Path copy = base.resolve("copy");
    store.diff(
        past(),
        tree,
        difference ->
            unchecked(
                () -> {
                  long late = file(tree, "late", "after");
                  tree.fsync(late, false);
                  copy(store.directory(), copy);
                }));
    try (Store crashed = Store.open(copy, StoreOptions.defaults())) {
      FileTree recovered = crashed.open(main);
      assertEquals("after", text(recovered, ROOT, "late"));
      crashed.reclaim();
      assertEquals(before, crashed.parts().versions().versions().size());
      assertEquals(List.of(), Check.run(crashed, true).problems());
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void unchecked(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

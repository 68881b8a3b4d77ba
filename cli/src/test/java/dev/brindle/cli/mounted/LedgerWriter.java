package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * One program that writes files into a directory of its own until it is told to stop or the file
 * system fails it, and knows what was acknowledged.
 */
final class LedgerWriter {
  private static final int FILES_MAX = 12;

  private final Path root;
  private final String directory;
  private final Random random;
  private final List<LedgerFile> files = new ArrayList<>();
  private final Set<String> removed = new TreeSet<>();
  private int made;

  LedgerWriter(Path root, String directory, long seed) {
    this.root = root;
    this.directory = directory;
    this.random = new Random(seed);
  }

  String directory() {
    return directory;
  }

  /** The files, in the order in which they were made. */
  synchronized List<LedgerFile> files() {
    return List.copyOf(files);
  }

  void prepare() throws IOException {
    LedgerFile.syncDirectory(Files.createDirectory(root.resolve(directory)));
  }

  /** One step: a new file, a change to one, or its end. */
  void step() throws IOException {
    Path there = root.resolve(directory);
    int dice = random.nextInt(100);
    if (files.isEmpty() || (dice < 12 && files.size() < FILES_MAX)) {
      LedgerFile file = file(made++);
      synchronized (this) {
        files.add(file);
      }
      file.change(there, random, random.nextInt(3) > 0);
    } else if (dice >= 95 && files.size() > FILES_MAX / 2) {
      LedgerFile file = files.get(random.nextInt(files.size()));
      file.remove(there);
      synchronized (this) {
        files.remove(file);
      }
      removed.add(file.name);
    } else {
      files.get(random.nextInt(files.size())).change(there, random, random.nextInt(3) > 0);
    }
  }

  private LedgerFile file(int number) {
    String name = directory + "-" + number;
    long id = LedgerContent.mix(name.hashCode());
    return switch (number % 3) {
      case 0 -> new AppendedFile(name, id);
      case 1 -> new OverwrittenFile(name, id, 1 + random.nextInt(60));
      default -> new ReplacedFile(name, id);
    };
  }

  /**
   * Verifies everything after a crash. The files that there are were made one after the other, so
   * one that is missing has no younger one beside it.
   *
   * @return how many files there are
   */
  int verify() throws IOException {
    Path there = root.resolve(directory);
    for (String name : removed) {
      assertFalse(Files.exists(there.resolve(name)), () -> name + " was deleted and is back");
    }
    String missing = null;
    for (LedgerFile file : files()) {
      boolean mayBeGone = file.isRemoving();
      if (file.verify(there)) {
        assertTrue(missing == null, file.name + " is there, and the older " + missing + " is not");
        continue;
      }
      missing = mayBeGone ? missing : file.name;
      synchronized (this) {
        files.remove(file);
      }
    }
    return files.size();
  }
}

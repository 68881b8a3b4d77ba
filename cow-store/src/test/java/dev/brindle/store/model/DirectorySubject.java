package dev.brindle.store.model;

import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A real store in a directory of the host. Its crash is that of a killed process: everything
 * written is kept, and what was in memory is lost.
 */
final class DirectorySubject implements Subject {
  private final Path scratch;
  private final StoreOptions options;
  private int generation;
  private Path directory;
  private CoreStore store;

  /**
   * @param scratch a directory that this subject has to itself
   */
  DirectorySubject(Path scratch, StoreOptions options) throws IOException {
    this.scratch = scratch;
    this.options = options;
    directory = scratch.resolve("store0");
    Store.create(directory, options);
    store = new CoreStore(Store.open(directory, options));
  }

  @Override
  public VersionedStore store() {
    return store;
  }

  @Override
  public void reopen() throws IOException {
    store.close();
    store = new CoreStore(Store.open(directory, options));
  }

  @Override
  public void crash(long seed) throws IOException {
    generation++;
    Path copy = scratch.resolve("store" + generation);
    while (!copyAtOneMoment(copy)) {
      delete(copy);
    }
    Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(directory));
    store.close();
    delete(directory);
    directory = copy;
    store = new CoreStore(Store.open(directory, options));
  }

  /** Copies the store's files; false when one of them changed meanwhile. */
  private boolean copyAtOneMoment(Path copy) throws IOException {
    try {
      TreeMap<String, String> before = state(directory);
      for (Path file : files(directory)) {
        Path target = copy.resolve(directory.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else if (Files.isRegularFile(file)) {
          Files.copy(file, target);
        }
      }
      return before.equals(state(directory));
    } catch (NoSuchFileException | UncheckedIOException e) {
      return false;
    }
  }

  private static TreeMap<String, String> state(Path directory) throws IOException {
    TreeMap<String, String> state = new TreeMap<>();
    for (Path file : files(directory)) {
      state.put(
          file.toString(),
          Files.size(file)
              + " "
              + Files.getLastModifiedTime(file)
              + " "
              + Files.readAttributes(file, "unix:ctime").get("ctime"));
    }
    return state;
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.toList();
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Override
  public void close() throws IOException {
    store.close();
    delete(directory);
  }
}

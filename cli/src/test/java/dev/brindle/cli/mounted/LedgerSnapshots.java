package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Takes and deletes snapshots of what writers write, and knows what must be in them. */
final class LedgerSnapshots {
  private static final int KEPT = 4;

  /** A file in a snapshot. */
  private static final class Held {
    final LedgerFile file;
    final Path path;

    /** What had been written when the snapshot was begun, synced or not. */
    final long[] least;

    long[] most;
    long @Nullable [] exact;

    Held(LedgerFile file, Path path, long[] least) {
      this.file = file;
      this.path = path;
      this.least = least;
      this.most = least;
    }
  }

  private enum State {
    BEING_TAKEN,
    TAKEN,
    BEING_DELETED
  }

  private static final class Snapshot {
    final String name;
    final List<Held> files = new ArrayList<>();
    State state = State.BEING_TAKEN;

    Snapshot(String name) {
      this.name = name;
    }
  }

  private final Path root;
  private final Path list;
  private final List<LedgerWriter> writers;
  private final List<Snapshot> snapshots = new ArrayList<>();
  private int taken;

  LedgerSnapshots(Path root, List<LedgerWriter> writers) {
    this.root = root;
    this.list = root.resolve(".snapshots");
    this.writers = writers;
  }

  /** Takes one, and deletes the oldest when there are enough. */
  synchronized void step() throws IOException {
    take();
    if (snapshots.size() > KEPT) {
      deleteOldest();
    }
  }

  synchronized void take() throws IOException {
    Snapshot snapshot = new Snapshot("ledger-" + taken++);
    for (LedgerWriter writer : writers) {
      for (LedgerFile file : writer.files()) {
        long[] written = file.written();
        if (written != null && !file.isRemoving()) {
          Path path = Path.of(snapshot.name, writer.directory(), file.name);
          snapshot.files.add(new Held(file, path, written));
        }
      }
    }
    snapshots.add(snapshot);
    try {
      Files.createDirectory(list.resolve(snapshot.name));
      snapshot.state = State.TAKEN;
    } finally {
      snapshot.files.removeIf(held -> held.file.isRemoving());
      snapshot.files.forEach(held -> held.most = held.file.attempted());
    }
  }

  /** Deletes one, which is durable with the next sync, as all changes of names are. */
  synchronized void deleteOldest() throws IOException {
    if (snapshots.isEmpty()) {
      return;
    }
    Snapshot oldest = snapshots.get(0);
    oldest.state = State.BEING_DELETED;
    Files.delete(list.resolve(oldest.name));
    LedgerFile.syncDirectory(root);
    snapshots.remove(oldest);
  }

  /**
   * Verifies all snapshots after a crash: those that were acknowledged are there, those that were
   * deleted are not, what they hold was complete and has not changed since.
   *
   * @return how many there are
   */
  synchronized int verify() throws IOException {
    TreeSet<String> names = new TreeSet<>();
    try (var entries = Files.newDirectoryStream(list)) {
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
    }
    names.removeIf(name -> name.startsWith(Bulk.PREFIX));
    for (Snapshot snapshot : List.copyOf(snapshots)) {
      if (!names.remove(snapshot.name)) {
        assertFalse(snapshot.state == State.TAKEN, snapshot.name + " was taken and is gone");
        snapshots.remove(snapshot);
        continue;
      }
      snapshot.state = State.TAKEN;
      for (Held held : snapshot.files) {
        verify(held);
      }
    }
    assertTrue(names.isEmpty(), () -> "deleted or never taken: " + names);
    return snapshots.size();
  }

  private void verify(Held held) throws IOException {
    Path path = list.resolve(held.path);
    assertTrue(Files.exists(path), () -> path + " was written before and is not in it");
    long[] found = held.file.read(path);
    LedgerFile.expectBetween(path, found, held.least, held.most);
    if (held.exact != null) {
      assertArrayEquals(held.exact, found, () -> path + " has changed");
    }
    held.exact = found;
  }

  /** The names that there are, for messages. */
  @Override
  public synchronized String toString() {
    Map<String, State> states = new HashMap<>();
    snapshots.forEach(snapshot -> states.put(snapshot.name, snapshot.state));
    return states.toString();
  }
}

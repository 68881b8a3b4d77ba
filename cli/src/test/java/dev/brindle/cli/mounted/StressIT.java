package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.brindle.daemon.transport.TransportKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many threads on two mounts of one volume do everything at once: files made, read, replaced, moved
 * and deleted, directories, links, listings, snapshots and clones made, renamed and deleted. No two
 * threads agree on anything. What must hold anyway: a file's content tells by itself whether it is
 * whole, a snapshot always shows the same, nothing fails but for what another thread may have done,
 * and in the end the store is in order. 20 s by each transport, ten minutes with {@code
 * -Dbrindle.full=true}; {@code -Dbrindle.transport=NAME} runs one, {@code -Dbrindle.seed=N} repeats
 * the choices.
 */
final class StressIT {
  private static final int SECONDS = Boolean.getBoolean("brindle.full") ? 600 : 20;
  private static final int THREADS = 10;
  private static final int NAMES = 40;
  private static final int VERSIONS = 6;
  private static final int LENGTH_MAX = 60_000;

  /** What another thread may have done between two calls of this one. */
  private static final List<String> REASONS =
      List.of(
          "Stale file handle",
          "Is a directory",
          "Device or resource busy",
          "Invalid argument",
          "Invalid cross-device link",
          "Read-only file system",
          "Directory not empty",
          "Too many levels of symbolic links");

  private final long seed = Long.getLong("brindle.seed", System.nanoTime());
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong operations = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong verified = new AtomicLong();

  /** The listings of snapshots, as they were seen first; a name is never used again. */
  private final Map<String, String> seen = new ConcurrentHashMap<>();

  private final AtomicLong versionNumber = new AtomicLong();
  private volatile boolean stopped;

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void everythingAtOnce_keepsItsPromises(TransportKind transport) throws Exception {
    String chosen = System.getProperty("brindle.transport");
    Assumptions.assumeTrue(chosen == null || chosen.equalsIgnoreCase(transport.name()));
    try (MountedStore store =
        MountedStore.mounted("--transport=" + transport.name().toLowerCase(Locale.ROOT))) {
      everythingAtOnce(transport, store);
    }
  }

  private void everythingAtOnce(TransportKind transport, MountedStore store) throws Exception {
    Path second = store.base().resolve("second");
    store.mountAt(second, store.store());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Path root = i % 2 == 0 ? store.root() : second;
      Random random = new Random(seed + i);
      Thread thread = new Thread(() -> work(root, random), "stress-" + i);
      threads.add(thread);
      thread.start();
    }
    Thread.sleep(TimeUnit.SECONDS.toMillis(SECONDS));
    stopped = true;
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(60));
      assertTrue(!thread.isAlive(), () -> hang(thread));
    }
    System.out.printf(
        "StressIT: %s, %d s, seed %d, %d operations, %d refused, %d files verified%n",
        transport, SECONDS, seed, operations.get(), refused.get(), verified.get());
    Throwable failure = failures.poll();
    if (failure != null) {
      throw new AssertionError(
          "%s, seed %d, %d more".formatted(failure, seed, failures.size()), failure);
    }
    assertTrue(operations.get() > 20L * SECONDS, "too little was done");
    assertTrue(verified.get() > SECONDS, "too little was read");
    verifyAll(store.root());
    verifyAll(second);
    Brindle.ok("umount", second);
  }

  private static String hang(Thread thread) {
    return thread.getName() + " hangs: " + List.of(thread.getStackTrace());
  }

  private void work(Path root, Random random) {
    while (!stopped && failures.isEmpty()) {
      try {
        operations.incrementAndGet();
        step(root, random);
      } catch (NoSuchFileException
          | FileAlreadyExistsException
          | DirectoryNotEmptyException
          | NotDirectoryException
          | AtomicMoveNotSupportedException e) {
        refused.incrementAndGet();
      } catch (FileSystemException e) {
        if (REASONS.stream().noneMatch(String.valueOf(e.getReason())::contains)) {
          failures.add(e);
        }
        refused.incrementAndGet();
      } catch (IOException | RuntimeException | Error e) {
        if (isExpected(e)) {
          refused.incrementAndGet();
        } else {
          failures.add(e);
        }
      }
    }
  }

  /** Streams wrap what the file system said. */
  private static boolean isExpected(Throwable e) {
    Throwable cause = e;
    while (cause != null && !(cause instanceof AssertionError)) {
      String message = String.valueOf(cause.getMessage());
      if (cause instanceof NoSuchFileException || REASONS.stream().anyMatch(message::contains)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private void step(Path root, Random random) throws IOException {
    Path volume = random.nextInt(5) == 0 ? root.resolve(".clones/" + version(random)) : root;
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3 -> write(place(volume, random), random, false);
      case 4, 5 -> write(place(volume, random), random, true);
      case 6, 7, 8 -> verify(place(volume, random));
      case 9 -> Files.delete(place(volume, random));
      case 10 ->
          Files.move(place(volume, random), place(volume, random), StandardCopyOption.ATOMIC_MOVE);
      case 11 -> Files.createDirectory(directory(volume, random));
      case 12 -> Files.move(directory(volume, random), directory(volume, random));
      case 13 -> Files.createLink(place(volume, random), place(volume, random));
      case 14 -> list(directory(volume, random));
      case 15 -> take(root, random);
      case 16 -> Files.delete(newest(root.resolve(".snapshots"), random));
      case 17 -> rename(root, random);
      case 18 -> clones(root, random);
      default -> snapshot(newest(root.resolve(".snapshots"), random));
    }
  }

  private static String version(Random random) {
    return "c" + random.nextInt(VERSIONS);
  }

  private static Path directory(Path volume, Random random) {
    Path directory = volume.resolve("d" + random.nextInt(4));
    return random.nextInt(3) == 0 ? directory.resolve("e" + random.nextInt(2)) : directory;
  }

  private static Path place(Path volume, Random random) {
    return directory(volume, random).resolve("f" + random.nextInt(NAMES));
  }

  /** Writes a new file, and moves it to its place; some are synced first. */
  private void write(Path file, Random random, boolean synced) throws IOException {
    long generation = random.nextLong() | 1;
    int length = 8 + random.nextInt(random.nextInt(4) == 0 ? LENGTH_MAX : 3_000);
    ByteBuffer content = LedgerContent.bytes(generation, 0, length).putLong(0, generation);
    Path beside = file.resolveSibling(".new-" + generation);
    try (var channel =
        java.nio.channels.FileChannel.open(
            beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      content.putInt(4, length ^ (int) generation);
      while (content.hasRemaining()) {
        channel.write(content);
      }
      if (synced) {
        channel.force(false);
      }
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** A file is one that was written, whole. */
  private void verify(Path file) throws IOException {
    byte[] found = Files.readAllBytes(file);
    verified.incrementAndGet();
    if (found.length < 8) {
      fail(file + " has " + found.length + " bytes");
    }
    long high = ByteBuffer.wrap(found).getInt(0);
    int low = ByteBuffer.wrap(found).getInt(4) ^ found.length;
    long generation = high << 32 | (low & 0xFFFFFFFFL);
    ByteBuffer rest = ByteBuffer.wrap(found);
    rest.position(8);
    long wrong = LedgerContent.mismatch(generation, 8, rest);
    if (wrong >= 0) {
      fail("%s of %d bytes is wrong from %d on".formatted(file, found.length, wrong));
    }
  }

  private static List<String> list(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
    }
    Set<String> once = new TreeSet<>(names);
    if (once.size() < names.size()) {
      fail(directory + " has a name twice: " + names);
    }
    return List.copyOf(once);
  }

  private void take(Path root, Random random) throws IOException {
    Path list = root.resolve(".snapshots");
    if (list(list).size() < 2 * VERSIONS) {
      Files.createDirectory(list.resolve("s" + versionNumber.incrementAndGet()));
    } else {
      Files.delete(newest(list, random));
    }
  }

  private static Path newest(Path list, Random random) throws IOException {
    List<String> names = list(list);
    if (names.isEmpty()) {
      throw new NoSuchFileException("no snapshot");
    }
    return list.resolve(names.get(random.nextInt(names.size())));
  }

  private void rename(Path root, Random random) throws IOException {
    Path old = newest(root.resolve(".snapshots"), random);
    Files.move(old, old.resolveSibling("s" + versionNumber.incrementAndGet()));
  }

  private void clones(Path root, Random random) throws IOException {
    Path clone = root.resolve(".clones").resolve(version(random));
    switch (random.nextInt(3)) {
      case 0 -> Files.createDirectory(clone);
      case 1 ->
          Files.createDirectory(
              newest(root.resolve(".snapshots"), random)
                  .resolve(".clones")
                  .resolve(version(random)));
      default -> Files.delete(clone);
    }
  }

  /** Reads all of a snapshot: files are whole, and it is what it was when it was first seen. */
  private void snapshot(Path snapshot) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int d = 0; d < 4; d++) {
      append(text, snapshot.resolve("d" + d));
    }
    // still there under this name: the name was not given to another one meanwhile
    if (Files.isDirectory(snapshot)) {
      String before = seen.putIfAbsent(snapshot.getFileName().toString(), text.toString());
      if (before != null) {
        assertEquals(before, text.toString(), () -> snapshot + " has changed");
      }
    }
  }

  private void append(StringBuilder text, Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    for (String name : list(directory)) {
      Path entry = directory.resolve(name);
      if (Files.isDirectory(entry)) {
        text.append(name).append("/ ");
        append(text, entry);
      } else if (!name.startsWith(".new-")) {
        verify(entry);
        text.append(name).append(' ').append(Files.size(entry)).append(' ');
      }
    }
  }

  private void verifyAll(Path root) throws IOException {
    for (int d = 0; d < 4; d++) {
      append(new StringBuilder(), root.resolve("d" + d));
    }
    for (String name : list(root.resolve(".snapshots"))) {
      snapshot(root.resolve(".snapshots").resolve(name));
    }
  }
}

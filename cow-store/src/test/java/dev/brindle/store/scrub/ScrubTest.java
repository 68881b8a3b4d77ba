package dev.brindle.store.scrub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.scrub.ScrubStatus.State;
import dev.brindle.store.tree.TreeWalk;
import dev.brindle.store.volume.ItemType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage at known places, and exactly what is told of it. */
class ScrubTest {
  private static final StoreOptions OPTIONS = StoreOptions.defaults().withSegmentBlocks(1024);
  private static final int BLOCK = 4096;

  @TempDir Path directory;
  private final Random random = new Random(17);
  private Store store;
  private long volume;
  private WritableFileTree files;
  private long subdirectory;

  @BeforeEach
  void createStore() throws IOException {
    Store.create(directory, OPTIONS);
    store = Store.open(directory, OPTIONS);
    volume = store.createVolume(Name.of("main"), 1, 1).id();
    files = store.open(volume);
    subdirectory = files.mkdir(FileTree.ROOT_INODE, Name.of("d"), 0755, 1, 1).inode();
  }

  @AfterEach
  void closeStore() throws IOException {
    store.close();
  }

  private void reopen() throws IOException {
    store.close();
    store = Store.open(directory, OPTIONS);
    files = store.open(volume);
  }

  private byte[] write(long inode, long offset, int bytes) throws IOException {
    byte[] content = new byte[bytes];
    random.nextBytes(content);
    files.write(inode, offset, ByteBuffer.wrap(content));
    return content;
  }

  private long create(String name) throws IOException {
    return files.create(subdirectory, Name.of(name), FileMode.REGULAR | 0644, 1, 1, 0).inode();
  }

  private Scrubber scrubbed() throws IOException {
    Scrubber scrubber = new Scrubber(store.parts());
    scrubber.start(0, false);
    scrubber.awaitEnd();
    assertEquals(State.FINISHED, scrubber.status().state(), () -> scrubber.status().toString());
    return scrubber;
  }

  private static Set<String> told(Scrubber scrubber) {
    assertEquals(List.of(), scrubber.others());
    return scrubber.files().stream().map(ScrubTest::text).collect(Collectors.toSet());
  }

  private static String text(DamagedFile file) {
    return file.volume()
        + (file.snapshot() == null ? "" : "@" + file.snapshot())
        + ":"
        + file.path()
        + " "
        + file.offset()
        + "+"
        + file.length();
  }

  /** Flips a bit of a block on the disk, found by its content. */
  private void flip(byte[] content, int at) throws IOException {
    byte[] block = java.util.Arrays.copyOfRange(content, at, at + BLOCK);
    try (var segments = Files.newDirectoryStream(directory.resolve("log"))) {
      for (Path segment : segments) {
        byte[] bytes = Files.readAllBytes(segment);
        for (int place = 0; place + BLOCK <= bytes.length; place += BLOCK) {
          if (java.util.Arrays.equals(bytes, place, place + BLOCK, block, 0, BLOCK)) {
            flip(segment, place + 1234);
            return;
          }
        }
      }
    }
    throw new AssertionError("the block is not on the disk");
  }

  private static void flip(Path file, long offset) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(offset);
      int value = access.read();
      access.seek(offset);
      access.write(value ^ 4);
    }
  }

  @Test
  void soundStore_isReadOnce() throws IOException {
    long file = create("f");
    write(file, 0, 50 * BLOCK);
    SnapshotInfo snapshot = store.createSnapshot(volume, Name.of("s"));
    store.cloneSnapshot(snapshot.version(), Name.of("c"));
    store.checkpoint();

    Scrubber scrubber = scrubbed();

    assertEquals(Set.of(), told(scrubber));
    long expected =
        50L * BLOCK
            + store.parts().index().pageCount() * 4096L
            + store.parts().index().verifyCopies().bytes();
    assertEquals(expected, scrubber.status().bytesDone());
  }

  @Test
  void damagedBlocks_areToldInEachVersionThatHasThem() throws IOException {
    long file = create("f");
    byte[] old = write(file, 0, 10 * BLOCK);
    files.link(file, FileTree.ROOT_INODE, Name.of("second"));
    SnapshotInfo snapshot = store.createSnapshot(volume, Name.of("s"));
    write(file, 2 * BLOCK, BLOCK);
    files.unlink(FileTree.ROOT_INODE, Name.of("second"));
    store.createSnapshot(volume, Name.of("t"));
    store.cloneSnapshot(snapshot.version(), Name.of("c"));
    byte[] fresh = write(create("g"), 0, 3 * BLOCK);
    store.checkpoint();
    assertEquals(Set.of(), told(scrubbed()));

    flip(old, 2 * BLOCK);
    assertEquals(
        Set.of(
            "main@s:d/f 8192+4096",
            "main@s:second 8192+4096",
            "main/c:d/f 8192+4096",
            "main/c:second 8192+4096"),
        told(scrubbed()));

    flip(old, 5 * BLOCK);
    flip(old, 6 * BLOCK);
    flip(fresh, BLOCK);
    assertEquals(
        Set.of(
            "main@s:d/f 8192+4096",
            "main@s:second 8192+4096",
            "main/c:d/f 8192+4096",
            "main/c:second 8192+4096",
            "main@s:d/f 20480+8192",
            "main@s:second 20480+8192",
            "main/c:d/f 20480+8192",
            "main/c:second 20480+8192",
            "main@t:d/f 20480+8192",
            "main:d/f 20480+8192",
            "main:d/g 4096+4096"),
        told(scrubbed()));
  }

  /** The leaves of the head's tree, with the inodes whose items they have. */
  private Map<Long, Set<Long>> leaves() throws IOException {
    Map<Long, Set<Long>> leaves = new HashMap<>();
    long[] leaf = {0};
    TreeWalk.walk(
        store.parts().nodes(),
        store.parts().catalogue().head(volume).root(),
        Long.MAX_VALUE,
        new TreeWalk.Visitor() {
          @Override
          public boolean enter(long nodeId) {
            return true;
          }

          @Override
          public void node(long nodeId, long born, int level, int encodedBytes) {
            leaf[0] = nodeId;
          }

          @Override
          public void item(long high, long offset, byte[] value) {
            leaves.computeIfAbsent(leaf[0], id -> new TreeSet<>()).add(ItemType.inodeOf(high));
          }

          @Override
          public void damaged(long nodeId, CorruptStoreException cause) {
            throw new AssertionError(cause);
          }
        });
    return leaves;
  }

  @Test
  void damagedNode_tellsAllFilesThatHaveItemsInIt() throws IOException {
    for (int i = 0; i < 400; i++) {
      write(create("f" + i), 0, 300);
    }
    store.createSnapshot(volume, Name.of("s"));
    store.checkpoint();
    Map<Long, Set<Long>> leaves = leaves();
    Map.Entry<Long, Set<Long>> victim =
        leaves.entrySet().stream()
            .filter(leaf -> !leaf.getValue().contains(subdirectory))
            .filter(leaf -> leaf.getValue().stream().allMatch(inode -> inode < 300))
            .findFirst()
            .orElseThrow();
    assertTrue(leaves.size() > 3 && victim.getValue().size() > 5, leaves::toString);
    byte[] record = store.parts().index().get(victim.getKey());
    record[record.length / 2] ^= 1;
    store.parts().index().put(victim.getKey(), record);
    write(create("later"), 0, 100);
    reopen();

    Scrubber scrubber = scrubbed();

    for (Name snapshot : new Name[] {Name.of("s"), null}) {
      Set<Long> told =
          scrubber.files().stream()
              .filter(file -> java.util.Objects.equals(file.snapshot(), snapshot))
              .map(DamagedFile::inode)
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(victim.getValue(), told);
    }
    assertTrue(
        scrubber.files().stream().allMatch(file -> file.path().toString().startsWith("d/f")),
        () -> scrubber.files().toString());
    assertEquals(List.of(), scrubber.others());
  }

  @Test
  void damagedPageOfTheIndex_isToldOrMended() throws IOException {
    for (int i = 0; i < 400; i++) {
      write(create("f" + i), 0, 300);
    }
    store.checkpoint();
    Path index = directory.resolve("index.db");
    byte[] before = Files.readAllBytes(index);
    int page = before.length / BLOCK - 1;
    while (isZero(before, page)) {
      page--;
    }
    flip(index, (long) page * BLOCK + 100);

    Scrubber scrubber = new Scrubber(store.parts());
    scrubber.start(0, false);
    scrubber.awaitEnd();

    boolean told =
        scrubber.others().stream().anyMatch(sentence -> sentence.contains("index.db at byte "));
    boolean mended = java.util.Arrays.equals(before, Files.readAllBytes(index));
    assertTrue(told || mended, () -> scrubber.others().toString());
  }

  /** A bit of each file in checkpoints, in turn: told, and sound again some time later. */
  @Test
  void damagedCopies_areTold_andMadeAnew() throws Exception {
    for (int i = 0; i < 50; i++) {
      write(create("f" + i), 0, 300);
    }
    store.checkpoint();
    Path copies = directory.resolve("checkpoints");
    for (long at : new long[] {30, BLOCK + 30, 2 * BLOCK + 9, -100}) {
      damageAndScrub(newest(copies, ".journal"), at);
      damageAndScrub(newest(copies, ".base"), at);
    }
    Path superblock = copies.resolve("superblock");
    flip(superblock, 20);
    assertTrue(scrubbed().others().get(0).contains("checkpoints/superblock"));
    flip(directory.resolve("superblock"), 20);
    assertTrue(scrubbed().others().get(0).startsWith("damaged store file superblock"));
    assertEquals(Set.of(), told(scrubbed()));
    store.close();
    Files.delete(directory.resolve("index.db"));
    Store.rebuildIndex(directory, false);
    store = Store.open(directory, OPTIONS);
    assertEquals(List.of(), dev.brindle.store.check.Check.run(store, true).problems());
  }

  private void damageAndScrub(Path file, long at) throws Exception {
    flip(file, at < 0 ? Files.size(file) + at : at);
    List<String> told = scrubbed().others();
    assertTrue(
        told.stream().anyMatch(s -> s.contains(file.getFileName().toString())), told::toString);
    long end = System.nanoTime() + 30_000_000_000L;
    while (!store.parts().index().hasCopies() && System.nanoTime() < end) {
      Thread.sleep(5);
    }
    assertEquals(Set.of(), told(scrubbed()));
    write(create("more " + file.getFileName() + at), 0, 300);
    store.checkpoint();
  }

  private static Path newest(Path copies, String kind) throws IOException {
    try (var all = Files.list(copies)) {
      return all.filter(path -> path.toString().endsWith(kind))
          .max(java.util.Comparator.comparing(path -> Long.parseLong(number(path))))
          .orElseThrow();
    }
  }

  private static String number(Path path) {
    String name = path.getFileName().toString();
    return name.substring(0, name.indexOf('.'));
  }

  private static boolean isZero(byte[] bytes, int page) {
    for (int i = page * BLOCK; i < (page + 1) * BLOCK; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  @Test
  void stop_endsAtOnce_andTheNextBeginsAnew() throws Exception {
    write(create("f"), 0, 50 * BLOCK);
    Scrubber scrubber = new Scrubber(store.parts());
    assertEquals(State.NEVER_RUN, scrubber.status().state());
    scrubber.start(1, true);
    assertTrue(scrubber.status().state().isRunning());
    assertThrows(FileSystemException.class, () -> scrubber.start(0, true));
    long start = System.nanoTime();
    scrubber.stop();
    assertTrue(System.nanoTime() - start < 5_000_000_000L);
    assertEquals(State.STOPPED, scrubber.status().state());
    scrubber.start(0, true);
    scrubber.awaitEnd();
    assertEquals(State.FINISHED, scrubber.status().state());
    assertTrue(scrubber.status().bytesDone() > 50 * BLOCK);
  }

  @Test
  void rate_boundsTheSpeed() throws Exception {
    write(create("f"), 0, 512 * BLOCK);
    store.checkpoint();
    Scrubber scrubber = new Scrubber(store.parts());
    long start = System.nanoTime();
    scrubber.start(4 << 20, false);
    scrubber.awaitEnd();
    assertTrue(System.nanoTime() - start >= 500_000_000L, "2 MiB at 4 MiB/s");
  }

  @Test
  void whileOthersWriteAndDelete_nothingIsToldThatIsNot() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    List<Throwable> failures = new ArrayList<>();
    Thread writer =
        new Thread(
            () -> {
              try {
                for (int i = 0; !stop.get(); i++) {
                  change(i);
                }
              } catch (IOException | RuntimeException | Error e) {
                failures.add(e);
              }
            });
    writer.start();
    int scrubs = 0;
    long end = System.nanoTime() + (Boolean.getBoolean("brindle.full") ? 60 : 3) * 1_000_000_000L;
    while (scrubs < 2 || System.nanoTime() < end) {
      assertEquals(Set.of(), told(scrubbed()));
      scrubs++;
    }
    stop.set(true);
    writer.join();
    assertEquals(List.of(), failures);
  }

  private void change(int i) throws IOException {
    long file = create("f" + i);
    write(file, 0, random.nextInt(40) * BLOCK + 100);
    if (i >= 50) {
      files.unlink(subdirectory, Name.of("f" + (i - 50)));
    }
    if (i % 10 == 0) {
      store.createSnapshot(volume, Name.of("s" + i));
    }
    if (i % 10 == 5 && i > 50) {
      long oldest = store.snapshots(volume).get(random.nextInt(3)).version();
      store.deleteSnapshot(oldest);
    }
    if (i % 25 == 0) {
      store.reclaim();
    }
  }
}

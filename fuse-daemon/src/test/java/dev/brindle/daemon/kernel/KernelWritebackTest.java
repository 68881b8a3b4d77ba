package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brindle.daemon.Intercepted;
import dev.brindle.daemon.MemoryFileSystem;
import dev.brindle.daemon.MountedMemory;
import dev.brindle.daemon.MountedStore;
import dev.brindle.daemon.Shell;
import dev.brindle.daemon.host.Processes;
import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes that the kernel has acknowledged and keeps: what must not wait for it. */
class KernelWritebackTest {
  private static final int POLL_MICROS = 50;

  @TempDir Path directory;
  private final AtomicInteger reads = new AtomicInteger();
  private MountedStore store;
  private Path root;

  @BeforeEach
  void mount() throws IOException {
    store = MountedStore.create(directory.resolve("store"));
    root = mount("root", CachingOptions.lasting().withWrites(true));
  }

  private Path mount(String name, CachingOptions caching) throws IOException {
    Path mountPoint = Files.createDirectory(directory.resolve(name));
    return store
        .mount(
            KernelTransport.create(POLL_MICROS), "main", mountPoint, caching, this::countingReads)
        .root();
  }

  private InodeFileSystem countingReads(InodeFileSystem fileSystem) {
    return Intercepted.of(
        fileSystem,
        (operation, arguments) -> {
          if (operation.equals("read")) {
            reads.incrementAndGet();
          }
          return null;
        });
  }

  @AfterEach
  void unmount() throws Exception {
    if (store != null) {
      store.close();
    }
  }

  private WritableFileTree tree() throws IOException {
    return store.store().open(store.store().volume("main").id());
  }

  private static String text(FileTree tree, String name) throws IOException {
    InodeAttributes file = tree.lookup(FileTree.ROOT_INODE, Name.of(name));
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
    tree.read(file.inode(), 0, bytes);
    return new String(bytes.array(), StandardCharsets.UTF_8);
  }

  /** Else none of these tests would test anything. */
  @Test
  void write_staysInTheKernel_untilTheClose() throws IOException {
    try (FileChannel file = create("f")) {
      file.write(ByteBuffer.wrap("text".getBytes()));
      assertEquals("", text(tree(), "f"));
    }
    assertEquals("text", text(tree(), "f"));
  }

  private FileChannel create(String name) throws IOException {
    return FileChannel.open(
        root.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  @Test
  void snapshotsAndClones_holdWhatWasWrittenBefore_whoeverTakesThem() throws IOException {
    Path other = mount("other", CachingOptions.lasting());
    try (FileChannel file = create("f")) {
      for (int i = 0; i < 20; i++) {
        file.write(ByteBuffer.wrap((i + " ").getBytes()));
        Path way = i % 2 == 0 ? root : other;
        String expected = written(i);
        Files.createDirectory(way.resolve(".snapshots/s" + i));
        assertEquals(expected, Files.readString(way.resolve(".snapshots/s" + i + "/f")));
        file.write(ByteBuffer.wrap("x".getBytes()), file.position());
        Files.createDirectory(way.resolve(".clones/c" + i));
        assertEquals(expected + "x", Files.readString(way.resolve(".clones/c" + i + "/f")));
      }
      file.write(ByteBuffer.wrap("end".getBytes()));
      store.kernelCaches().writeBack();
      assertTrue(text(tree(), "f").endsWith("end"));
    }
  }

  /**
   * The kernel keeps the time, too; a backup would take new data with an old time for old. (Another
   * process would close what it inherits, and so have the kernel tell.)
   */
  @Test
  void versions_haveANewTimeForWhatIsNew_andNoneForWhatIsOnlyOpen() throws IOException {
    FileTime old = FileTime.from(5, TimeUnit.SECONDS);
    try (FileChannel file = create("f");
        FileChannel unchanged = create("g")) {
      for (FileChannel each : List.of(file, unchanged)) {
        each.write(ByteBuffer.wrap("old".getBytes()));
      }
      Files.setLastModifiedTime(root.resolve("f"), old);
      Files.setLastModifiedTime(root.resolve("g"), old);
      for (String version : List.of(".snapshots/s", ".clones/c")) {
        FileTime before = FileTime.from(Instant.now().minusMillis(20));
        file.write(ByteBuffer.wrap("new".getBytes()), 0);
        Path path = Files.createDirectory(root.resolve(version));
        FileTime time = Files.getLastModifiedTime(path.resolve("f"));
        assertTrue(time.compareTo(before) >= 0, version + ": " + time + ", before " + before);
        assertEquals(old, Files.getLastModifiedTime(path.resolve("g")));
      }
    }
    assertEquals(
        Files.getLastModifiedTime(root.resolve("f")).toInstant(),
        attributes("f").modificationTime().toInstant());
  }

  private static String written(int last) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i <= last; i++) {
      text.append(i).append(' ');
    }
    return text.toString();
  }

  @Test
  void snapshot_holdsWhatAMappingWrote_andTheMappingGoesOn() throws IOException {
    Files.write(root.resolve("f"), new byte[8192]);
    changeThroughMapping();
    System.gc(); // which unmaps
  }

  private void changeThroughMapping() throws IOException {
    try (FileChannel file =
        FileChannel.open(root.resolve("f"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      // a fault that waits for this very process would keep it from every safepoint meanwhile
      file.read(ByteBuffer.allocate(8192), 0);
      var map = file.map(MapMode.READ_WRITE, 0, 8192);
      for (int i = 1; i < 50; i++) {
        map.put(5000, (byte) i);
        Files.createDirectory(root.resolve(".snapshots/s" + i));
        assertEquals(i, Files.readAllBytes(root.resolve(".snapshots/s" + i + "/f"))[5000]);
        file.write(ByteBuffer.wrap(new byte[] {(byte) -i}), 5001);
        assertEquals(-i, map.get(5001));
      }
    }
  }

  @Test
  void rename_ofAFileThatIsStillOpen_bringsItsDataFirst() throws IOException {
    Files.writeString(root.resolve("f"), "old");
    try (FileChannel file = create("tmp")) {
      file.write(ByteBuffer.wrap("the new text".getBytes()));
      Files.move(
          root.resolve("tmp"), root.resolve("f"), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
      assertEquals("the new text", text(tree(), "f"));
      file.write(ByteBuffer.wrap(" goes on".getBytes()));
    }
    assertEquals("the new text goes on", Files.readString(root.resolve("f")));
  }

  @Test
  void seek_findsWhatIsOnlyInTheKernel() throws IOException {
    String seek =
        "import os; f = os.open('f', os.O_RDWR | os.O_CREAT); os.pwrite(f, b'x', 1 << 20); "
            + "print(os.lseek(f, 0, os.SEEK_DATA), os.lseek(f, 1 << 20, os.SEEK_HOLE))";
    assertEquals("1048576 1048577", Shell.ok(root, "python3 -c \"" + seek + "\""));
  }

  @Test
  void times_thatAProgramSets_areNotOverwrittenByWhatComesLater() throws IOException {
    Shell.ok(root, "exec 3>f; echo x >&3; touch -d @5 f; exec 3>&-; echo y > g; touch -d @6 g");
    assertEquals("5 6", Shell.ok(root, "echo $(stat -c %Y f g)"));
    assertEquals(5, attributes("f").modificationTime().seconds());
    assertEquals(6, attributes("g").modificationTime().seconds());
  }

  private InodeAttributes attributes(String name) throws IOException {
    return tree().lookup(FileTree.ROOT_INODE, Name.of(name));
  }

  /** Their times are nobody's; an error would be told to whoever syncs the file system next. */
  @Test
  void syncfs_whenTheKernelKeepsTimesOfWhatIsGone_succeeds() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "skipped: perl opens by O_PATH");
    Shell.ok(root, "echo text > f");
    Shell.ok(
        root, "perl -e '$^F = 9; sysopen(F, \"f\", 010400000); unlink(\"f\"); exec \"sync -f .\"'");
  }

  /** When the kernel has forgotten a file it takes the times from the store. */
  @Test
  void times_areTheKernelsInTheStoreToo() throws IOException {
    Shell.ok(
        root, "for i in $(seq 50); do echo $i > f$i; done; ln f1 hard; mv f2 moved; chmod 600 f3");
    for (String name : new String[] {"f1", "moved", "f3", "f50"}) {
      InodeAttributes stored = attributes(name);
      String shown = Shell.ok(root, "stat -c '%.9Y %.9Z' " + name);
      assertEquals(shown, time(stored.modificationTime()) + " " + time(stored.changeTime()));
    }
  }

  private static String time(dev.brindle.store.Timestamp time) {
    return String.format("%d.%09d", time.seconds(), time.nanos());
  }

  /** A part of a page has the kernel read the page, by a handle that only writes. */
  @Test
  void writeOnlyHandle_changesPartsOfPages() throws IOException {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    byte[] expected = new byte[300_000];
    random.nextBytes(expected);
    Files.write(root.resolve("f"), expected);
    Shell.ok(root, "sync f; dd if=f iflag=nocache count=0 status=none");
    int before = reads.get();
    try (FileChannel file = FileChannel.open(root.resolve("f"), StandardOpenOption.WRITE)) {
      for (int i = 0; i < 200; i++) {
        int at = random.nextInt(expected.length - 100);
        byte[] part = new byte[1 + random.nextInt(99)];
        random.nextBytes(part);
        System.arraycopy(part, 0, expected, at, part.length);
        file.write(ByteBuffer.wrap(part), at);
      }
    }
    assertTrue(reads.get() > before, "no page was read");
    org.junit.jupiter.api.Assertions.assertArrayEquals(
        expected, Files.readAllBytes(root.resolve("f")));
    InodeAttributes stored = attributes("f");
    ByteBuffer bytes = ByteBuffer.allocate(expected.length);
    tree().read(stored.inode(), 0, bytes);
    org.junit.jupiter.api.Assertions.assertArrayEquals(expected, bytes.array());
  }

  /** The kernel hands on the page that it appended to, whole. */
  @Test
  void appendOnlyFile_getsWhatIsAppended_andItsTime() throws IOException {
    String script =
        """
        printf 12345 > f; touch -d @5 f; exec 3>>f; printf 67 >&3; chattr +a f
        printf 89 >&3; exec 3>&-; printf 0 >> f; cat f; test $(stat -c %Y f) -gt 5; chattr -a f
        """;
    assumeTrue(Processes.isRoot(), "skipped: the flag is root's");
    assertEquals("1234567890", Shell.ok(root, script));
    assertEquals("1234567890", text(tree(), "f"));
    assertTrue(attributes("f").modificationTime().seconds() > 5);
  }

  @Test
  void immutableFile_hasWhatWasWrittenBefore() throws IOException {
    assumeTrue(Processes.isRoot(), "skipped: the flag is root's");
    Shell.ok(root, "exec 3>f; printf text >&3; chattr +i f; exec 3>&-; chattr -i f");
    assertEquals("text", text(tree(), "f"));
  }

  @Test
  void fullDisk_isToldAtTheSyncAndAtTheClose(@TempDir Path other) throws Exception {
    MemoryFileSystem full =
        new MemoryFileSystem() {
          @Override
          public synchronized void writeBack(long handle, long offset, ByteBuffer source)
              throws IOException {
            throw new FileSystemException(Errno.ENOSPC);
          }
        };
    try (MountedMemory mount =
        MountedMemory.mount(
            KernelTransport.create(0), full, other, MountedMemory.LASTING.withWrites(true))) {
      Path at = mount.root();
      String told = Shell.fails(at, "dd if=/dev/zero of=f bs=4096 count=1 conv=fsync");
      assertTrue(told.contains("No space left"), told);
      String close = Shell.fails(at, "cp /etc/passwd g");
      assertTrue(close.contains("No space left"), close);
    }
  }
}

package dev.brindle.daemon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.host.Unmounter;
import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.daemon.transport.Transport;
import dev.brindle.store.Name;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A transport between a real kernel and a file system on the heap. */
public abstract class MountContract {
  @TempDir Path directory;
  protected final MemoryFileSystem fileSystem = new MemoryFileSystem();
  protected MountedMemory mount;
  protected Path root;

  protected abstract Transport transport() throws IOException;

  protected CachingOptions caching() {
    return CachingOptions.defaults();
  }

  @BeforeEach
  protected void mount() throws IOException {
    mount = MountedMemory.mount(transport(), fileSystem, directory, caching());
    root = mount.root();
  }

  @AfterEach
  protected void unmount() throws Exception {
    if (mount != null) {
      mount.close();
    }
  }

  @Test
  void write_thenRead_givesTheSameBytes() throws IOException {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    byte[] bytes = new byte[3_000_001];
    new Random(seed).nextBytes(bytes);
    Files.write(root.resolve("f"), bytes);
    assertArrayEquals(bytes, Files.readAllBytes(root.resolve("f")));
    assertEquals(bytes.length, Files.size(root.resolve("f")));
  }

  @Test
  void open_whileAnotherFileIsRenamedOntoTheName_alwaysFindsOne() throws Exception {
    Path name = root.resolve("f");
    Files.writeString(name, "0");
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      Future<?> renames =
          executor.submit(
              () -> {
                for (int i = 1; i <= 3_000; i++) {
                  Path fresh = root.resolve("f.new");
                  Files.writeString(fresh, Integer.toString(i));
                  Files.move(fresh, name, StandardCopyOption.ATOMIC_MOVE);
                }
                return null;
              });
      while (!renames.isDone()) {
        try (FileChannel open = FileChannel.open(name)) {
          assertTrue(open.isOpen());
        }
      }
      renames.get();
    } finally {
      executor.shutdown();
    }
    assertEquals("3000", Files.readString(name));
  }

  @Test
  void unlinkedOpenFile_staysReadableWritableAndHasAttributes() throws IOException {
    String output =
        Shell.ok(
            root,
            """
            echo hello > f
            exec 3<>f
            rm f
            cat <&3
            echo more >&3
            stat -L -c '%h %s %a' /proc/self/fd/3
            chmod 600 /proc/self/fd/3
            touch -m -d @5 /proc/self/fd/3
            truncate -s 2 /proc/self/fd/3
            stat -L -c '%s %a %Y' /proc/self/fd/3
            ls -A
            """);
    assertEquals("hello\n0 11 644\n2 600 ", output.replaceAll("\\d+$", ""));
  }

  @Test
  void unlinkedFile_isGoneAfterTheLastClose() throws IOException {
    Shell.ok(root, "exec 3>f; rm f; echo data >&3");
    assertEquals(1, awaitInodes(1));
    assertEquals(0, fileSystem.openHandles());
  }

  /** The kernel sends a release after the close has returned. */
  private int awaitInodes(int expected) {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (fileSystem.inodes() != expected && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    return fileSystem.inodes();
  }

  @Test
  void rename_ontoOpenFile_keepsHandleReadable() throws IOException {
    assertEquals(
        "old\nnew", Shell.ok(root, "echo old > a; echo new > b; exec 3<a; mv b a; cat <&3; cat a"));
    assertEquals("a", Shell.ok(root, "ls -A"));
  }

  @Test
  void touchModified_leavesAccessTimeAlone() throws IOException {
    assertEquals(
        "100 200", Shell.ok(root, "touch -a -d @100 f; touch -m -d @200 f; stat -c '%X %Y' f"));
  }

  @Test
  void touchAccessed_leavesModificationTimeAlone() throws IOException {
    assertEquals(
        "300 200", Shell.ok(root, "touch -d @200 f; touch -a -d @300 f; stat -c '%X %Y' f"));
  }

  @Test
  void touchNow_setsThePresentTime() throws IOException {
    long before = System.currentTimeMillis() / 1000;
    long now = Long.parseLong(Shell.ok(root, "touch -d @5 f; touch -m f; stat -c %Y f"));
    assertTrue(now >= before && now <= before + 60, "now " + now);
    assertEquals("5", Shell.ok(root, "stat -c %X f"));
  }

  @Test
  void times_keepNanoseconds() throws IOException {
    assertEquals(
        "1234567890.123456789",
        Shell.ok(root, "touch -m -d @1234567890.123456789 f; stat -c %.9Y f"));
    assertEquals("-7", Shell.ok(root, "touch -m -d @-7 f; stat -c %Y f"));
  }

  @Test
  void names_ofEachSingleByte_comeBackAsTheyWere() throws IOException {
    StringBuilder script = new StringBuilder();
    Set<Name> expected = new HashSet<>();
    for (int b = 1; b < 256; b++) {
      if (b != '/' && b != '.' && b != '\n') {
        String octal = String.format("\\%03o", b);
        script.append("n=$(printf '").append(octal).append("x'); n=${n%x}; echo ");
        script.append(b).append(" > \"./$n\" || exit 1; ");
        script.append("test \"$(cat \"./$n\")\" = ").append(b).append(" || exit 2\n");
        expected.add(Name.of(new byte[] {(byte) b}));
      }
    }
    script.append("ls -A | wc -l");
    assertEquals("252", Shell.ok(root, script.toString()).strip());
    assertEquals(expected, Set.copyOf(fileSystem.rootNames()));
  }

  @Test
  void names_ofInvalidUtf8_areDifferentFiles() throws IOException {
    assertEquals(
        "first second third",
        Shell.ok(
            root,
            """
            a=$(printf '\\377\\3761'); b=$(printf '\\376\\3771'); c=$(printf '\\303(')
            printf first > "$a"; printf second > "$b"; printf third > "$c"
            echo "$(cat "$a") $(cat "$b") $(cat "$c")"
            """));
    Set<Name> names = new HashSet<>();
    names.add(Name.of(new byte[] {(byte) 0xFF, (byte) 0xFE, '1'}));
    names.add(Name.of(new byte[] {(byte) 0xFE, (byte) 0xFF, '1'}));
    names.add(Name.of(new byte[] {(byte) 0xC3, '('}));
    assertEquals(names, Set.copyOf(fileSystem.rootNames()));
    assertEquals("1", Shell.ok(root, "ls -A | LC_ALL=C grep -c \"$(printf '^\\377\\3761$')\""));
  }

  @Test
  void names_longerThan255Bytes_areRefused() throws IOException {
    Files.createFile(root.resolve("x".repeat(255)));
    assertTrue(Shell.fails(root, "touch " + "x".repeat(256)).contains("File name too long"));
  }

  @Test
  void readdir_of100000Entries_listsEachOnce() throws IOException {
    Shell.ok(root, "mkdir d && cd d && seq 1 100000 | xargs -n 5000 touch");
    try (Stream<Path> entries = Files.list(root.resolve("d"))) {
      assertEquals(100_000, entries.map(Path::getFileName).distinct().count());
    }
    assertEquals("100002", Shell.ok(root, "ls -f d | wc -l").strip());
  }

  @Test
  void readdir_whileEntriesVanish_skipsNoneThatStay() throws IOException {
    Shell.ok(root, "mkdir d && cd d && seq 1 20000 | xargs -n 5000 touch");
    Set<String> seen = new HashSet<>();
    try (var stream = Files.newDirectoryStream(root.resolve("d"))) {
      for (Path entry : stream) {
        String name = entry.getFileName().toString();
        seen.add(name);
        if (Integer.parseInt(name) % 2 == 0) {
          Files.delete(entry);
        }
      }
    }
    for (int odd = 1; odd < 20_000; odd += 2) {
      assertTrue(seen.contains(Integer.toString(odd)), "missed " + odd);
    }
    assertEquals("10000", Shell.ok(root, "ls d | wc -l").strip());
  }

  @Test
  void append_ofTwoProcesses_losesNoLine() throws IOException {
    Shell.ok(
        root,
        """
        for w in a b; do
          ( i=0; while [ $i -lt 500 ]; do echo $w$i >> f; i=$((i+1)); done ) &
        done
        wait
        """);
    assertEquals("1000", Shell.ok(root, "sort -u f | wc -l").strip());
  }

  @Test
  void mapping_writesReachTheFile_alsoOfAnAppendingHandle() throws IOException {
    Path file = root.resolve("f");
    Files.write(file, new byte[8192]);
    changeThroughMapping(file);
    System.gc(); // which unmaps
    byte[] bytes = Files.readAllBytes(file);
    assertEquals(8193, bytes.length);
    assertEquals(7, bytes[5000]);
    assertEquals(9, bytes[8192]);
  }

  private static void changeThroughMapping(Path file) throws IOException {
    try (FileChannel appending =
            FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      // a fault that waits for this very process would keep it from every safepoint meanwhile
      channel.read(ByteBuffer.allocate(8192), 0);
      var map = channel.map(MapMode.READ_WRITE, 0, 8192);
      map.put(5000, (byte) 7);
      map.force();
      appending.write(ByteBuffer.wrap(new byte[] {9}));
    }
  }

  @Test
  void openTruncating_emptiesAndSetsTimes() throws IOException {
    Shell.ok(root, "echo data > f; touch -d @5 f; : > f");
    assertEquals("0", Shell.ok(root, "stat -c %s f"));
    assertFalse(Shell.ok(root, "stat -c %Y f").equals("5"));
  }

  @Test
  void create_exclusive_refusesExisting() throws IOException {
    Files.createFile(root.resolve("f"));
    assertTrue(Shell.fails(root, "set -C; echo x > f").contains("exist"));
  }

  @Test
  void xattrs_roundTripAndRefuse() throws IOException {
    Path file = Files.createFile(root.resolve("f"));
    var view =
        Files.getFileAttributeView(
            file, java.nio.file.attribute.UserDefinedFileAttributeView.class);
    view.write("note", ByteBuffer.wrap("hello".getBytes()));
    assertEquals(List.of("note"), view.list());
    assertEquals(5, view.size("note"));
    ByteBuffer read = ByteBuffer.allocate(5);
    view.read("note", read);
    assertEquals("hello", new String(read.array()));
    org.junit.jupiter.api.Assertions.assertThrows(
        IOException.class, () -> view.read("note", ByteBuffer.allocate(2)));
    view.delete("note");
    assertEquals(List.of(), view.list());
    org.junit.jupiter.api.Assertions.assertThrows(IOException.class, () -> view.delete("note"));
  }

  @Test
  void xattrs_ofANamespaceWithoutAName_areInvalid() throws IOException {
    Shell.ok(root, "echo > f");
    for (String command : List.of("setfattr -n user. -v 1 f", "setfattr -x user. f")) {
      String refused = Shell.fails(root, command);
      assertTrue(refused.contains("Invalid argument"), refused);
    }
  }

  @Test
  void setxattr_thatMayNeitherCreateNorReplace_isRefused() throws IOException {
    Shell.ok(root, "echo > f; setfattr -n user.there -v 1 f");
    String set = "import os; os.setxattr('f', 'user.%s', b'2', os.XATTR_CREATE | os.XATTR_REPLACE)";
    String there = Shell.fails(root, "python3 -c \"" + set.formatted("there") + "\"");
    assertTrue(there.contains("FileExistsError"), there);
    String missing = Shell.fails(root, "python3 -c \"" + set.formatted("missing") + "\"");
    assertTrue(missing.contains("No data available"), missing);
    assertEquals("1", Shell.ok(root, "getfattr --only-values -n user.there f"));
  }

  @Test
  void fallocate_modes_doWhatTheySay() throws IOException {
    Shell.ok(root, "fallocate -l 1000 f; stat -c %s f | grep -qx 1000");
    Shell.ok(root, "fallocate -n -l 5000 f; stat -c %s f | grep -qx 1000");
    Shell.ok(root, "printf abcdef > g; fallocate -p -o 1 -l 2 g");
    assertEquals("a  def", Shell.ok(root, "tr '\\0' ' ' < g"));
    Shell.ok(root, "fallocate -z -o 4 -l 4 g; stat -c %s g | grep -qx 8");
    assertTrue(Shell.fails(root, "fallocate -c -o 0 -l 4096 g").contains("not supported"));
  }

  @Test
  void mknod_linkAndSymlink_showWhatTheyAre() throws IOException {
    Shell.ok(root, "mkfifo p; ln -s target s; echo x > f; ln f g");
    assertEquals(
        "fifo 1\nsymbolic link 1\nregular file 2", Shell.ok(root, "stat -c '%F %h' p s g"));
    assertEquals("target", Shell.ok(root, "readlink s"));
  }

  @Test
  void umask_isAppliedByTheKernel() throws IOException {
    assertEquals("600 700", Shell.ok(root, "umask 077; echo > f; mkdir d; echo $(stat -c %a f d)"));
  }

  @Test
  void locks_workWithoutTheFileSystem() throws IOException {
    assertEquals(
        "refused", Shell.ok(root, "exec 3>f; flock -n 3; exec 4>f; flock -n 4 || echo refused"));
  }

  @Test
  void statfs_tellsTheSpace() throws IOException {
    assertEquals("4096 268435456 134217728 67108864", Shell.ok(root, "stat -f -c '%S %b %f %a' ."));
  }

  @Test
  void parallelWriters_keepTheirFiles() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(16);
    try {
      List<Future<?>> tasks = new ArrayList<>();
      for (int t = 0; t < 16; t++) {
        Path own = Files.createDirectory(root.resolve("d" + t));
        tasks.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < 200; i++) {
                    Path file = own.resolve("f" + i);
                    Files.writeString(file, own.getFileName() + " " + i);
                    assertEquals(own.getFileName() + " " + i, Files.readString(file));
                    Files.move(file, own.resolve("g" + i));
                  }
                  return null;
                }));
      }
      for (Future<?> task : tasks) {
        task.get();
      }
      assertEquals("3200", Shell.ok(root, "find . -name 'g*' | wc -l").strip());
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void unmount_fromOutside_endsTheSession() throws Exception {
    Shell.ok(Path.of("/"), "umount " + root);
    assertTrue(mount.session().awaitEnd(Duration.ofSeconds(60)));
    assertNull(mount.session().failure());
  }

  @Test
  void unmount_lazilyWithAnOpenFile_endsWithItsClose() throws Exception {
    try (FileChannel open =
        FileChannel.open(root.resolve("f"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      Unmounter.current().unmount(root, true);
      assertFalse(mount.session().awaitEnd(Duration.ofMillis(300)));
      open.write(ByteBuffer.wrap(new byte[] {1}));
    }
    assertTrue(mount.session().awaitEnd(Duration.ofSeconds(60)));
  }

  @Test
  void unmount_withAnOpenFile_isBusy() throws Exception {
    try (FileChannel open =
        FileChannel.open(root.resolve("f"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      dev.brindle.store.FileSystemException busy =
          org.junit.jupiter.api.Assertions.assertThrows(
              dev.brindle.store.FileSystemException.class, () -> mount.unmount());
      assertEquals(dev.brindle.store.Errno.EBUSY, busy.errno());
      assertTrue(open.isOpen());
    }
  }
}

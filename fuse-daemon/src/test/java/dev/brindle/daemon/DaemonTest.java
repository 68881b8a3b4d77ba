package dev.brindle.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brindle.daemon.control.ControlClient;
import dev.brindle.daemon.control.ControlErrorCode;
import dev.brindle.daemon.control.ControlException;
import dev.brindle.daemon.control.LocalStore;
import dev.brindle.daemon.control.MountOptions;
import dev.brindle.daemon.control.MountReport;
import dev.brindle.daemon.control.MountRequest;
import dev.brindle.daemon.control.StatusReport;
import dev.brindle.daemon.control.TreeReference;
import dev.brindle.daemon.host.Host;
import dev.brindle.daemon.host.MountTable;
import dev.brindle.daemon.host.Processes;
import dev.brindle.daemon.host.Unmounter;
import dev.brindle.daemon.libfuse.LibfuseTransport;
import dev.brindle.daemon.transport.TransportSettings;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.RecoveryReport;
import dev.brindle.store.Store;
import dev.brindle.store.StoreLockedException;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.UncleanEnd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Daemons in processes of their own, started as the command line starts them. */
class DaemonTest {
  private static final int ROUNDS_MAX = 5;

  @TempDir Path base;
  private Path store;
  private Path mountPoint;
  private final List<String> notices = java.util.Collections.synchronizedList(new ArrayList<>());
  private DaemonLauncher launcher;
  private final Thread emergency = new Thread(this::takeOff, "unmount");

  @BeforeEach
  void createStore() throws IOException {
    MountedMemory.assumeFuse();
    Runtime.getRuntime().addShutdownHook(emergency);
    base = base.toRealPath();
    store = base.resolve("store");
    mountPoint = base.resolve("mnt");
    Store.create(store, StoreOptions.defaults().withSegmentBlocks(1024));
    try (LocalStore local = local()) {
      local.createVolume("main");
    }
    launcher = launcher(store);
  }

  private DaemonLauncher launcher(Path directory) {
    return new DaemonLauncher(
        directory, "debug", TransportSettings.of(Host.current().transport()), notices::add);
  }

  private LocalStore local() throws IOException {
    return LocalStore.owning(Store.open(store, StoreOptions.defaults()));
  }

  @AfterEach
  void leaveNothingBehind() {
    takeOff();
    Runtime.getRuntime().removeShutdownHook(emergency);
  }

  /** Also when the tests are ended from outside. */
  private void takeOff() {
    try {
      Optional<ProcessHandle> daemon = store == null ? Optional.empty() : daemon();
      for (MountTable.Line line : MountTable.read()) {
        if (isOurs(line)) {
          Unmounter.current().unmount(line.mountPoint(), true);
        }
      }
      daemon.ifPresent(ProcessHandle::destroyForcibly);
      daemon.ifPresent(DaemonTest::awaitExit);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<ProcessHandle> daemon() throws IOException {
    Optional<ControlClient> client = ControlClient.connect(store);
    if (client.isEmpty()) {
      return Optional.empty();
    }
    try (ControlClient asked = client.get()) {
      return ProcessHandle.of(asked.status().daemon().pid());
    }
  }

  private MountReport mount(String volume, Path where) throws IOException {
    return launcher.mount(new MountRequest(volume, where, MountOptions.defaults()));
  }

  private void umount(Path where) throws IOException {
    try (ControlClient client = ControlClient.connect(store).orElseThrow()) {
      client.umount(where, false);
    }
  }

  private static void awaitExit(ProcessHandle process) {
    try {
      process.onExit().get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void mount_missingMountPoint_isMadeAndServes() throws IOException {
    MountReport report = mount("main", mountPoint);
    assertEquals("main", report.volume());
    assertEquals("brindle:" + store + ":main", MountTable.on(mountPoint).orElseThrow().source());
    Files.writeString(mountPoint.resolve("f"), "hello");
    Files.createDirectory(mountPoint.resolve(".snapshots/s"));
    Files.writeString(mountPoint.resolve("f"), "other");
    assertEquals("hello", Files.readString(mountPoint.resolve(".snapshots/s/f")));
    umount(mountPoint);
    assertTrue(MountTable.on(mountPoint).isEmpty());
    mount("main", mountPoint);
    assertEquals("other", Files.readString(mountPoint.resolve("f")));
    assertEquals("hello", Files.readString(mountPoint.resolve(".snapshots/s/f")));
  }

  @Test
  void umount_ofTheLast_returnsWhenTheStoreIsFree() throws IOException {
    for (int round = 0; round < 3; round++) {
      mount("main", mountPoint);
      umount(mountPoint);
      local().close();
      assertFalse(Files.exists(store.resolve("daemon.sock")));
    }
  }

  @Test
  void umountFromOutside_endsTheDaemon() throws Exception {
    mount("main", mountPoint);
    ProcessHandle daemon = daemon().orElseThrow();
    Shell.ok(base, "echo data > mnt/f; umount mnt");
    awaitExit(daemon);
    try (LocalStore local = local()) {
      assertEquals(1, local.volumes().size());
    }
  }

  @Test
  void secondMount_isMadeByTheSameDaemon() throws IOException {
    mount("main", mountPoint);
    ProcessHandle daemon = daemon().orElseThrow();
    try (ControlClient client = ControlClient.connect(store).orElseThrow()) {
      client.createVolume("other");
    }
    Path second = base.resolve("second");
    mount("other", second);
    assertEquals(daemon, daemon().orElseThrow());
    Files.writeString(second.resolve("x"), "x");
    assertFalse(Files.exists(mountPoint.resolve("x")));
    umount(mountPoint);
    assertEquals("x", Files.readString(second.resolve("x")));
    StatusReport status;
    try (ControlClient client = ControlClient.connect(store).orElseThrow()) {
      status = client.status();
    }
    assertEquals(
        List.of(second.toString()), status.mounts().stream().map(MountReport::mountPoint).toList());
    umount(second);
  }

  @Test
  void verbs_workOnAMountedStore() throws IOException {
    mount("main", mountPoint);
    Files.writeString(mountPoint.resolve("f"), "one");
    try (ControlClient client = ControlClient.connect(store).orElseThrow()) {
      client.createSnapshot("main", "before");
      assertTrue(Files.isDirectory(mountPoint.resolve(".snapshots/before")));
      Files.writeString(mountPoint.resolve("g"), "two");
      List<String> lines = new ArrayList<>();
      client.diff(
          new TreeReference("main", "before"),
          new TreeReference("main", null),
          line -> lines.add(line.kind().symbol() + line.path()));
      assertTrue(lines.contains("+g"), lines.toString());
      client.createClone("main", "before", "copy");
      assertEquals("one", Files.readString(mountPoint.resolve(".clones/copy/f")));
      assertEquals("main@before", client.clones("main").get(0).origin());
      client.deleteSnapshot("main", "before");
      assertFalse(Files.exists(mountPoint.resolve(".snapshots/before")));
      Files.createDirectory(mountPoint.resolve(".snapshots/before"));
      assertEquals(
          Errno.EEXIST,
          assertThrows(FileSystemException.class, () -> client.createSnapshot("main", "before"))
              .errno());
      client.sync();
      client.checkpoint();
    }
    umount(mountPoint);
  }

  @Test
  void snapshot_holdsTheDirtyPagesOfAMapping() throws IOException {
    mount("main", mountPoint);
    Path file = mountPoint.resolve("f");
    int pages = 2000;
    Files.write(file, new byte[4096 * pages]);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      var map = channel.map(MapMode.READ_WRITE, 0, 4096L * pages);
      for (int page = 0; page < pages; page++) {
        map.put(page * 4096 + 7, (byte) 1);
      }
      Files.createDirectory(mountPoint.resolve(".snapshots/by-mkdir"));
      for (int page = 0; page < pages; page++) {
        map.put(page * 4096 + 8, (byte) 2);
      }
      try (ControlClient client = ControlClient.connect(store).orElseThrow()) {
        client.createSnapshot("main", "by-command");
      }
    }
    byte[] first = Files.readAllBytes(mountPoint.resolve(".snapshots/by-mkdir/f"));
    byte[] second = Files.readAllBytes(mountPoint.resolve(".snapshots/by-command/f"));
    for (int page = 0; page < pages; page++) {
      assertEquals(1, first[page * 4096 + 7], "page " + page);
      assertEquals(0, first[page * 4096 + 8], "page " + page);
      assertEquals(1, second[page * 4096 + 7], "page " + page);
      assertEquals(2, second[page * 4096 + 8], "page " + page);
    }
  }

  @Test
  void sigterm_keepsWhatWasWritten_andASecondOneChangesNothing() throws Exception {
    mount("main", mountPoint);
    ProcessHandle daemon = daemon().orElseThrow();
    byte[] data = new byte[20 << 20];
    new java.util.Random(7).nextBytes(data);
    Files.write(mountPoint.resolve("f"), data);
    daemon.destroy();
    daemon.destroy();
    awaitExit(daemon);
    assertTrue(MountTable.on(mountPoint).isEmpty());
    mount("main", mountPoint);
    assertTrue(java.util.Arrays.equals(data, Files.readAllBytes(mountPoint.resolve("f"))));
    umount(mountPoint);
  }

  @Test
  void sigterm_withOpenFiles_endsAllTheSame() throws Exception {
    mount("main", mountPoint);
    ProcessHandle daemon = daemon().orElseThrow();
    FileChannel open =
        FileChannel.open(
            mountPoint.resolve("f"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    open.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    daemon.destroy();
    awaitExit(daemon);
    assertThrows(IOException.class, () -> open.write(ByteBuffer.wrap(new byte[] {4})));
    assertThrows(IOException.class, open::close);
    assertTrue(MountTable.on(mountPoint).isEmpty());
    mount("main", mountPoint);
    assertEquals(3, Files.size(mountPoint.resolve("f")));
    umount(mountPoint);
  }

  @Test
  void sigkill_isRecoveredByTheNextMount() throws Exception {
    ProcessHandle daemon = killAfterSync("kept");
    RecoveryReport recovery = Objects.requireNonNull(recovery());
    for (int round = 1; recovery.operations() == 0 && round < ROUNDS_MAX; round++) {
      umount(mountPoint); // a checkpoint came between the write and the kill
      daemon = killAfterSync("kept " + round);
      recovery = Objects.requireNonNull(recovery());
    }
    UncleanEnd end = Objects.requireNonNull(recovery.end());
    assertEquals("process " + daemon.pid() + " (brindle)", end.process());
    assertTrue(end.lastWrite().compareTo(end.opened()) >= 0, recovery.toString());
    assertTrue(recovery.operations() > 0 && recovery.logBytes() > 0, recovery.toString());
    umount(mountPoint);
    mount("main", mountPoint);
    assertNull(recovery());
    umount(mountPoint);
  }

  /** Mounts, writes a file, kills, and finds the file on the next mount; whom it killed. */
  private ProcessHandle killAfterSync(String content) throws IOException {
    mount("main", mountPoint);
    ProcessHandle daemon = daemon().orElseThrow();
    Files.writeString(mountPoint.resolve("f"), content);
    Shell.ok(mountPoint, "sync f");
    daemon.destroyForcibly();
    awaitExit(daemon);
    assertTrue(Shell.fails(base, "ls mnt").contains("Transport endpoint is not connected"));
    mount("main", mountPoint);
    assertEquals(content, Files.readString(mountPoint.resolve("f")));
    return daemon;
  }

  private @Nullable RecoveryReport recovery() throws IOException {
    try (ControlClient client = ControlClient.connect(store).orElseThrow()) {
      return client.status().store().recovery();
    }
  }

  @Test
  void deadMount_whoseAttributesTheKernelStillKnows_isTakenOff() throws Exception {
    mount("main", mountPoint);
    ProcessHandle daemon = daemon().orElseThrow();
    assertTrue(Files.isDirectory(mountPoint));
    daemon.destroyForcibly();
    awaitExit(daemon);
    assertEquals(mountPoint, new MountPoint(mountPoint, store, Unmounter.current()).prepare());
    assertTrue(MountTable.on(mountPoint).isEmpty());
  }

  @Test
  void umount_busy_isRefusedAndLazyIsNot() throws IOException {
    mount("main", mountPoint);
    try (FileChannel open =
            FileChannel.open(
                mountPoint.resolve("f"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        ControlClient client = ControlClient.connect(store).orElseThrow()) {
      FileSystemException busy =
          assertThrows(FileSystemException.class, () -> client.umount(mountPoint, false));
      assertEquals(Errno.EBUSY, busy.errno());
      assertTrue(busy.getMessage().contains("is in use"), busy.getMessage());
      client.umount(mountPoint, true);
      assertTrue(MountTable.on(mountPoint).isEmpty());
      open.write(ByteBuffer.wrap(new byte[] {1}));
    }
    awaitFreeStore();
  }

  private FileChannel openAndTakeOff() throws IOException {
    mount("main", mountPoint);
    FileChannel open =
        FileChannel.open(
            mountPoint.resolve("f"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try (ControlClient client = ControlClient.connect(store).orElseThrow()) {
      client.umount(mountPoint, true);
      assertTrue(client.status().mounts().get(0).detached());
      FileSystemException refused =
          assertThrows(FileSystemException.class, () -> client.umount(mountPoint, false));
      assertEquals(Errno.ENOENT, refused.errno());
    }
    return open;
  }

  @Test
  void mountInThePlaceOfOneThatWasTakenOffLazily_isItself() throws IOException {
    try (FileChannel open = openAndTakeOff()) {
      mount("main", mountPoint);
      open.write(ByteBuffer.wrap(new byte[] {1, 2}));
      assertEquals(2, Files.size(mountPoint.resolve("f")));
      umount(mountPoint);
      assertTrue(MountTable.on(mountPoint).isEmpty());
      open.write(ByteBuffer.wrap(new byte[] {3}));
    }
    awaitFreeStore();
    mount("main", mountPoint);
    assertEquals(3, Files.size(mountPoint.resolve("f")));
    umount(mountPoint);
  }

  @Test
  void daemonsEnd_leavesAnotherMountInThatPlaceAlone_andWritesBack() throws Exception {
    assumeTrue(Processes.isRoot(), "only root mounts other file systems");
    FileChannel open = openAndTakeOff();
    Shell.ok(base, "mount -t tmpfs brindle-test mnt");
    try {
      ProcessHandle daemon = daemon().orElseThrow();
      open.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
      daemon.destroy();
      awaitExit(daemon);
      assertEquals("tmpfs", MountTable.on(mountPoint).orElseThrow().type());
    } finally {
      Shell.ok(base, "umount mnt");
    }
    open.close();
    mount("main", mountPoint);
    assertEquals(3, Files.size(mountPoint.resolve("f")));
    umount(mountPoint);
  }

  @Test
  void mountThatMovedWithTheDirectoryAbove_isTakenOffWhereItIs() throws IOException {
    Path above = Files.createDirectory(base.resolve("above"));
    mount("main", above.resolve("mnt"));
    Path moved = base.resolve("moved");
    Files.move(above, moved);
    try (ControlClient client = ControlClient.connect(store).orElseThrow()) {
      MountReport report = client.status().mounts().get(0);
      assertEquals(moved.resolve("mnt").toString(), report.mountPoint());
      assertFalse(report.detached());
    }
    umount(moved.resolve("mnt"));
    awaitFreeStore();
  }

  @Test
  void bindOfAMount_isTakenOffAlone_andAtTheEndToo() throws Exception {
    assumeTrue(Processes.isRoot(), "only root binds");
    mount("main", mountPoint);
    Files.createDirectory(base.resolve("bound"));
    Shell.ok(base, "mount --bind mnt bound && mount --make-private bound");
    umount(base.resolve("bound"));
    Files.writeString(mountPoint.resolve("f"), "still served");
    Shell.ok(base, "mount --bind mnt bound");
    ProcessHandle daemon = daemon().orElseThrow();
    daemon.destroy();
    awaitExit(daemon);
    assertTrue(MountTable.on(mountPoint).isEmpty());
    assertTrue(MountTable.on(base.resolve("bound")).isEmpty());
  }

  /** What kept the volume from being mounted at some of the places. */
  private List<Throwable> mountAtOnce(Path... places) throws InterruptedException {
    List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (Path where : places) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  mount("main", where);
                } catch (Throwable e) {
                  failures.add(e);
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return failures;
  }

  @Test
  void twoMountsOfOnePlaceAtTheSameTime_oneIsMadeAndStays() throws Exception {
    for (int round = 0; round < 3; round++) {
      List<Throwable> failures = mountAtOnce(mountPoint, mountPoint);
      assertEquals(1, failures.size(), failures::toString);
      Files.writeString(mountPoint.resolve("f"), "round " + round);
      umount(mountPoint);
      awaitFreeStore();
    }
  }

  @Test
  void mountOfAStoreThatIsInUse_waitsAndSaysForWhat() throws Exception {
    mount("main", base.resolve("other"));
    ProcessHandle user = daemon().orElseThrow();
    Files.delete(store.resolve("daemon.sock"));
    Thread ending =
        new Thread(
            () -> {
              while (notices.isEmpty()) {
                Thread.onSpinWait();
              }
              user.destroy();
            });
    ending.start();
    mount("main", mountPoint);
    ending.join();
    assertEquals(1, notices.size(), notices::toString);
    assertTrue(notices.get(0).contains("open in process " + user.pid()), notices::toString);
    umount(mountPoint);
  }

  private void awaitFreeStore() throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try (LocalStore local = local()) {
        assertEquals(1, local.volumes().size());
        return;
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }

  @Test
  void badMountPoints_areRefusedWithASentence() throws IOException {
    Files.writeString(base.resolve("file"), "x");
    refused(base.resolve("file"), "is not a directory");
    refused(base.resolve("no/parent"), "does not exist");
    Files.createDirectories(base.resolve("full/x"));
    refused(base.resolve("full"), "is not empty");
    refused(store.resolve("inside"), "is inside the store");
    assertFalse(Files.exists(store.resolve("inside")));
    refused(store, "is inside the store");
    mount("main", mountPoint);
    refused(mountPoint, "is a mount point already");
    assertEquals(1, MountTable.read().stream().filter(this::isOurs).count());
    umount(mountPoint);
  }

  private boolean isOurs(MountTable.Line line) {
    return line.isBrindle() && line.mountPoint().startsWith(base);
  }

  private void refused(Path where, String sentence) {
    ControlException refused = assertThrows(ControlException.class, () -> mount("main", where));
    assertEquals(ControlErrorCode.MOUNT_POINT_REFUSED, refused.code());
    assertTrue(refused.getMessage().contains(sentence), refused.getMessage());
    assertFalse(Files.exists(store.resolve("daemon.sock")) && daemonIsGone());
  }

  private boolean daemonIsGone() {
    try {
      return daemon().isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void missingVolume_isRefusedWithASentence() {
    ControlException refused =
        assertThrows(ControlException.class, () -> mount("nobody", mountPoint));
    assertTrue(refused.getMessage().contains("there is no volume nobody"), refused.getMessage());
  }

  @Test
  void missingStore_isRefused() {
    DaemonLauncher other = launcher(base.resolve("nowhere"));
    assertThrows(
        IOException.class,
        () -> other.mount(new MountRequest("main", mountPoint, MountOptions.defaults())));
  }

  @Test
  void readOnlyMount_refusesChanges() throws IOException {
    launcher.mount(
        new MountRequest("main", mountPoint, MountOptions.defaults().withReadOnly(true)));
    assertTrue(Shell.fails(mountPoint, "touch f").contains("Read-only file system"));
    umount(mountPoint);
  }

  @Test
  void secondDaemon_isRefusedAndTheFirstGoesOn() throws IOException {
    mount("main", mountPoint);
    long first = daemon().orElseThrow().pid();
    StoreLockedException refused =
        assertThrows(
            StoreLockedException.class,
            () -> Daemon.start(store, StoreOptions.defaults(), LibfuseTransport.load()));
    assertTrue(refused.getMessage().contains("process " + first), refused.getMessage());
    assertTrue(refused.getMessage().contains(store.toString()), refused.getMessage());
    Files.writeString(mountPoint.resolve("f"), "still served");
    assertEquals(first, daemon().orElseThrow().pid());
    umount(mountPoint);
  }

  @Test
  void mountInForeground_returnsWithTheDaemonsEnd() throws Exception {
    List<MountReport> mounted = java.util.Collections.synchronizedList(new ArrayList<>());
    var status =
        java.util.concurrent.CompletableFuture.supplyAsync(
            () -> {
              try {
                return launcher.mountInForeground(
                    new MountRequest("main", mountPoint, MountOptions.defaults()), mounted::add);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (mounted.isEmpty() && System.nanoTime() < deadline && !status.isDone()) {
      Thread.sleep(20);
    }
    Files.writeString(mountPoint.resolve("f"), "x");
    assertFalse(status.isDone());
    umount(mountPoint);
    assertEquals(0, status.get(60, TimeUnit.SECONDS));
    assertEquals(mountPoint.toString(), mounted.get(0).mountPoint());
  }

  @Test
  void daemonThatCannotStart_inForeground_isNotToldInWordsOfAnEarlierOne() throws IOException {
    String classPath = System.getProperty("java.class.path");
    System.setProperty("java.class.path", base.toString());
    try {
      String told = startFailure(() -> mount("main", mountPoint));
      assertTrue(told.contains("DaemonMain"), told);
      MountRequest request = new MountRequest("main", mountPoint, MountOptions.defaults());
      told = startFailure(() -> launcher.mountInForeground(request, report -> {}));
      assertFalse(told.contains("DaemonMain"), told);
    } finally {
      System.setProperty("java.class.path", classPath);
    }
  }

  private static String startFailure(Executable start) {
    return String.valueOf(assertThrows(IOException.class, start).getMessage());
  }

  @Test
  void mountsAtTheSameTime_shareOneDaemon() throws Exception {
    List<Throwable> failures =
        mountAtOnce(base.resolve("m0"), base.resolve("m1"), base.resolve("m2"));
    assertEquals(List.of(), failures);
    Files.writeString(base.resolve("m0/f"), "x");
    assertEquals("x", Files.readString(base.resolve("m1/f")));
    try (ControlClient client = ControlClient.connect(store).orElseThrow()) {
      assertEquals(3, client.status().mounts().size());
    }
    for (int i = 0; i < 3; i++) {
      umount(base.resolve("m" + i));
    }
    local().close();
  }

  @Test
  void log_isInTheStore_andStandardErrorIsEmpty() throws IOException {
    mount("main", mountPoint);
    umount(mountPoint);
    String log = Files.readString(store.resolve("daemon.log"));
    assertTrue(log.contains("volume main is mounted"), log);
    assertTrue(log.contains("the store is closed"), log);
    assertEquals("", Files.readString(store.resolve(DaemonLauncher.ERROR_FILE)));
  }
}

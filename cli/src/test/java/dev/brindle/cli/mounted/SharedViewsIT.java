package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.control.ControlClient;
import dev.brindle.store.CloneDisposition;
import dev.brindle.store.Store;
import dev.brindle.store.StoreLockedException;
import dev.brindle.store.StoreOptions;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same volumes by several ways at once: mounts, paths through an origin, commands. */
final class SharedViewsIT {
  /** For how long a mount may show an entry that another mount removed. */
  private static final long REMEMBERED_MILLIS = 20_000;

  private MountedStore fixture;
  private Path root;

  @BeforeEach
  void mount() {
    fixture = MountedStore.mounted();
    root = fixture.root();
  }

  @AfterEach
  void close() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private ControlClient daemon() throws IOException {
    return ControlClient.connect(fixture.store()).orElseThrow();
  }

  private static void within(long millis, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "not within " + millis + " ms");
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void umount_busy_isRefusedAndLosesNothing() throws Exception {
    Files.writeString(root.resolve("before"), "before");
    try (BufferedWriter open = Files.newBufferedWriter(root.resolve("open"))) {
      open.write("first ");
      open.flush();
      Brindle.run("umount", root).expectStatus(4).expectFailure(root + " is in use");
      assertTrue(MountedStore.isMounted(root));
      open.write("second");
    }
    Process shell =
        fixture
            .shell()
            .start(
                List.of("sleep", "600"),
                ProcessBuilder.Redirect.DISCARD,
                ProcessBuilder.Redirect.DISCARD);
    try {
      Brindle.run("umount", root).expectStatus(4).expectFailure(root + " is in use");
    } finally {
      Shell.end(shell);
    }
    assertEquals("first second", text(root.resolve("open")));

    fixture.remount();
    assertEquals("first second", text(root.resolve("open")));
    assertEquals("before", text(root.resolve("before")));
  }

  @Test
  void twoMounts_ofOneVolume_showTheSame() throws Exception {
    Path second = fixture.base().resolve("second");
    fixture.mountAt(second, fixture.store());

    Files.writeString(root.resolve("f"), "one");
    assertEquals("one", text(second.resolve("f")));
    Files.writeString(second.resolve("f"), "another text");
    assertEquals("another text", text(root.resolve("f")));
    for (int i = 0; i < 20; i++) {
      Path way = i % 2 == 0 ? root : second;
      Files.writeString(
          way.resolve("log"), i + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
    assertEquals(20, Files.readAllLines(root.resolve("log")).size());

    Files.createDirectory(root.resolve(".snapshots/s"));
    assertEquals("another text", text(second.resolve(".snapshots/s/f")));
    Files.delete(second.resolve(".snapshots/s"));
    assertFalse(Files.exists(root.resolve(".snapshots/s")));

    Files.delete(root.resolve("f"));
    within(REMEMBERED_MILLIS, () -> !Files.exists(second.resolve("f")));
    Brindle.ok("umount", second);
    assertEquals(20, Files.readAllLines(root.resolve("log")).size());
  }

  @Test
  void deadMountsOfAKilledDaemon_areTakenOff_whenItsNextOneServesOthers() throws Exception {
    Path second = fixture.base().resolve("second");
    Path third = fixture.base().resolve("third");
    fixture.mountAt(second, fixture.store());
    fixture.mountAt(third, fixture.store());
    fixture.killDaemon();
    fixture.mountAt(root, fixture.store());
    assertTrue(Brindle.ok("status").matches("(?s).*" + second + " .* died\\n.*"));
    Brindle.ok("umount", second);
    assertFalse(MountedStore.isMounted(second));
    Brindle.ok("umount", fixture.store());
    assertFalse(MountedStore.isMounted(third));
    assertFalse(MountedStore.isMounted(root));
  }

  @Test
  void takenOffLazily_saysWhatStillHasTheStore() throws Exception {
    try (OutputStream open = Files.newOutputStream(root.resolve("f"))) {
      Brindle.ok("umount", "--lazy", root);
      open.write(1);
      String store = fixture.store().toString();
      Brindle.run("umount", store).expectFailure("files are still open on " + root);
      Brindle.run("check", store).expectFailure("files are still open on " + root);
      assertTrue(Brindle.ok("status", store).contains("taken off; files are still open on it"));
    }
    fixture.awaitEnd();
    fixture.mount();
    assertEquals(1, Files.size(root.resolve("f")));
  }

  @Test
  void clone_mountedByItselfAndSeenThroughItsOrigin_isOne() throws Exception {
    Files.writeString(root.resolve("f"), "origin");
    Path inside = Files.createDirectory(root.resolve(".clones/c"));
    Path alone = fixture.base().resolve("alone");
    fixture.mountAt(alone, fixture.store() + ":main/c");

    Files.writeString(inside.resolve("f"), "by the origin");
    assertEquals("by the origin", text(alone.resolve("f")));
    Files.writeString(alone.resolve("f"), "by itself");
    assertEquals("by itself", text(inside.resolve("f")));
    assertEquals("origin", text(root.resolve("f")));
    Files.createDirectory(alone.resolve(".snapshots/s"));
    assertEquals("by itself", text(inside.resolve(".snapshots/s/f")));
    assertFalse(Files.exists(root.resolve(".snapshots/s")));

    fixture.shell().sh("rmdir .clones/c").expectFailure("busy");
    Brindle.run("clone", "delete", fixture.store(), "c").expectStatus(4);
    assertEquals("by itself", text(alone.resolve("f")));
    Brindle.ok("umount", alone);
    fixture.shell().ok("rmdir .clones/c");
    assertFalse(Files.exists(inside));
  }

  @Test
  void otherProcess_cannotOpenTheStoreOfADaemon() throws IOException {
    Files.writeString(root.resolve("f"), "served");
    StoreLockedException locked =
        assertThrows(
            StoreLockedException.class, () -> Store.open(fixture.store(), StoreOptions.defaults()));
    assertTrue(locked.getMessage().contains("process " + fixture.daemonPid()), locked.toString());
    Brindle.run("check", fixture.store()).expectStatus(4).expectFailure("brindle umount");
    Brindle.run("init", fixture.store()).expectStatus(4).expectFailure("" + fixture.store());
    assertEquals("served", text(root.resolve("f")));
  }

  @Test
  void changesByTheDaemon_areSeenAtOnceThroughTheMount() throws IOException {
    Files.createDirectories(root.resolve("dir"));
    Files.writeString(root.resolve("dir/f"), "then");
    Path top = root.resolve(".snapshots");
    Path deep = root.resolve("dir/.snapshots");
    Path clones = root.resolve(".clones");
    try (ControlClient daemon = daemon()) {
      for (int round = 0; round < 5; round++) {
        assertFalse(Files.exists(top.resolve("a")));
        assertFalse(Files.exists(deep.resolve("a/f")));
        daemon.createSnapshot("main", "a");
        assertEquals("then", text(deep.resolve("a/f")));
        assertEquals("then", text(top.resolve("a/dir/f")));
        assertFalse(Files.exists(top.resolve("b")));
        daemon.renameSnapshot("main", "a", "b");
        assertFalse(Files.exists(top.resolve("a")));
        assertFalse(Files.exists(deep.resolve("a/f")));
        assertEquals("then", text(deep.resolve("b/f")));
        assertFalse(Files.exists(clones.resolve("c")));
        daemon.createClone("main", "b", "c");
        assertEquals("then", text(clones.resolve("c/dir/f")));
        daemon.renameVolume("main/c", "d");
        assertFalse(Files.exists(clones.resolve("c")));
        assertEquals("then", text(clones.resolve("d/dir/f")));
        daemon.deleteVolume("main/d", CloneDisposition.REFUSE);
        assertFalse(Files.exists(clones.resolve("d")));
        assertFalse(Files.exists(clones.resolve("d/dir/f")));
        daemon.deleteSnapshot("main", "b");
        assertFalse(Files.exists(top.resolve("b")));
        assertFalse(Files.exists(deep.resolve("b/f")));
        Files.createDirectory(deep.resolve("b"));
        assertEquals(List.of("b"), names(top));
        daemon.deleteSnapshot("main", "b");
        assertEquals(List.of(), names(top));
      }
    }
  }

  private static List<String> names(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    try (var entries = Files.newDirectoryStream(directory)) {
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
    }
    return names;
  }

  @Test
  void inodeNumbers_areStableOverRemounts_andOfOneFileInOneVersion() throws IOException {
    fixture
        .shell()
        .ok(
            """
            mkdir -p dir/sub; echo x > dir/f; echo y > g; ln g dir/hard; ln -s f dir/link
            mkdir .snapshots/one; echo z >> g; mkdir .snapshots/two
            mkdir .clones/c; mkdir .snapshots/one/.clones/d
            """);
    TreeMap<String, String> before = numbers();
    assertEquals(before.get("g"), before.get("dir/hard"));
    assertEquals(before.get(".snapshots/one/g"), before.get(".snapshots/one/dir/hard"));
    for (String view : List.of(".snapshots/one/", ".snapshots/two/", ".clones/c/", ".clones/d/")) {
      for (String path : List.of("dir", "dir/f", "dir/sub", "g", "dir/link")) {
        assertNotEquals(before.get(path), before.get(view + path), view + path);
      }
    }
    assertEquals(
        before.size() - 5, new HashSet<>(before.values()).size(), "a number is used twice");

    fixture.remount();
    assertEquals(before, numbers());
    fixture.shell().ok("rmdir .snapshots/two; mkdir .snapshots/three");
    TreeMap<String, String> after = numbers();
    assertEquals(before.get(".snapshots/one/g"), after.get(".snapshots/one/g"));
    assertNotEquals(before.get(".snapshots/two/g"), after.get(".snapshots/three/g"));
    assertEquals(before.get("g"), after.get("g"));
  }

  /** Of each path in the volume and its versions; {@code g} and {@code dir/hard} are one file. */
  private TreeMap<String, String> numbers() {
    TreeMap<String, String> numbers = new TreeMap<>();
    String find =
        "for d in . .snapshots/* .clones/*; do find $d -mindepth 1 -printf '%i %p\\n'; done";
    fixture
        .shell()
        .ok(find)
        .lines()
        .forEach(
            line -> numbers.put(line.split(" ")[1].replaceFirst("^\\./", ""), line.split(" ")[0]));
    return numbers;
  }
}

package dev.brindle.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brindle.daemon.host.Unmounter;
import dev.brindle.daemon.transport.Transport;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a process still has of something without a name, on a real store: the same as on ext4. And
 * nothing of it is left when the process has ended.
 */
public abstract class RemovedNodesContract {
  private static final long FORGOTTEN_NANOS_MAX = 20_000_000_000L;

  /** Asks a working directory without a name for all that it answers. */
  private static final String ASK =
      """
      ls -A .
      stat -c 'links %h mode %a' .
      /bin/pwd 2> /dev/null || echo no path
      for make in '> f' 'mkdir d' 'ln -s x s' 'mkfifo p' 'ln ../keep k' 'mv ../keep k'; do
        (eval "$make") 2> /dev/null && echo "made: $make"
      done
      chmod 700 . && touch -d @5 . && stat -c 'links %h mode %a time %Y' .
      test -w . && echo writable
      ls -A ..
      rm ../keep
      cd .. && ls -A .
      """;

  /** Waits until the root alone takes space: the last close is told after it has returned. */
  private static final String AWAIT_UNUSED =
      "for (1 .. 600) { last if `df --output=iused . | tail -1` == 1; select(undef, undef, undef, 0.1);"
          + " $_ < 600 or die \"there is something yet\" } ";

  private static final String ANSWERS =
      """
      links 0 mode 755
      no path
      links 0 mode 700 time 5
      writable
      """;

  @TempDir Path directory;
  private final Queue<String> callsWhenGivenUp = new ConcurrentLinkedQueue<>();
  private volatile boolean givenUp;
  private MountedStore store;
  private MountedMemory mount;
  private Path root;

  protected abstract Transport transport() throws IOException;

  @BeforeEach
  void mount() throws IOException {
    store = MountedStore.create(directory.resolve("store"));
    Path mountPoint = Files.createDirectory(directory.resolve("mount"));
    Transport transport = transport();
    mount = store.mount(transport, "main", mountPoint, transport.caching(), this::noting);
    root = mount.root();
  }

  private InodeFileSystem noting(InodeFileSystem fileSystem) {
    return Intercepted.of(
        fileSystem,
        (operation, arguments) -> {
          if (givenUp) {
            callsWhenGivenUp.add(operation);
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

  private FileTree tree() throws IOException {
    return store.store().open(store.store().volume("main").id());
  }

  /** Waits until the volume has so many inodes, the root among them. */
  private void awaitInodes(long expected) throws Exception {
    long deadline = System.nanoTime() + FORGOTTEN_NANOS_MAX;
    while (tree().statistics().inodes() != expected && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    assertEquals(expected, tree().statistics().inodes());
  }

  private static void assumePerl() {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "skipped: perl opens by O_PATH");
  }

  /** What perl prints that has the file F open by O_PATH, without following a link. */
  private String perlWithPath(String name, String script) throws IOException {
    return Shell.ok(
        root,
        "exec perl -e '$^F = 9; sysopen(F, \"%s\", 010400000) or die; %s'".formatted(name, script));
  }

  @Test
  void workingDirectory_thatIsRemoved_goesOn() throws Exception {
    String found = Shell.ok(root, "> keep; mkdir w; cd w; rmdir ../w\n" + ASK);
    assertEquals(ANSWERS + "keep", found);
    awaitInodes(1);
  }

  @Test
  void workingDirectory_thatAnotherIsRenamedOnto_goesOn() throws Exception {
    String replace = "> keep; mkdir w v; cd w; perl -e 'rename(\"../v\", \"../w\") or die'\n";
    assumePerl();
    assertEquals(ANSWERS + "keep\nw\nw", Shell.ok(root, replace + ASK));
    awaitInodes(2);
  }

  @Test
  void openDirectory_thatIsRemoved_canBeReadAndChanged_andEntered() throws Exception {
    String found =
        Shell.ok(
            root,
            """
            mkdir w; exec 3< w; rmdir w
            stat -L -c 'links %h' /proc/self/fd/3
            chmod 711 /proc/self/fd/3
            ls -A /proc/self/fd/3/
            cd /proc/self/fd/3; exec 3<&-
            stat -c 'links %h mode %a' .
            """);
    assertEquals("links 0\nlinks 0 mode 711", found);
    awaitInodes(1);
  }

  @Test
  void xattrsOfARemovedDirectory_stay() throws Exception {
    assumePerl();
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setfattr")), "skipped: setfattr is not there");
    String found =
        Shell.ok(
            root,
            """
            mkdir w; setfattr -n user.old -v 1 w; cd w; rmdir ../w
            setfattr -n user.new -v 2 .
            getfattr -d . | grep user
            """);
    assertEquals("user.new=\"2\"\nuser.old=\"1\"", found);
    awaitInodes(1);
  }

  @Test
  void fifoThatIsOpen_canBeChanged_withoutAName() throws Exception {
    String found =
        Shell.ok(
            root,
            """
            mkfifo p; exec 3<> p; rm p
            chmod 640 /proc/self/fd/3
            stat -L -c '%F links %h mode %a' /proc/self/fd/3
            echo through >&3; head -n 1 <&3
            """);
    assertEquals("fifo links 0 mode 640\nthrough", found);
    awaitInodes(1);
  }

  @Test
  void symlinkThatIsOpen_hasItsTarget_withoutAName() throws Exception {
    assumePerl();
    String readlink = "$e = \"\"; $t = \"x\" x 9; $n = syscall(267, fileno(F), $e, $t, 9); ";
    String print = "print substr($t, 0, $n), \" links \", (stat(F))[3];";
    for (String removal : new String[] {"unlink \"s\"", "rename(\"f\", \"s\")"}) {
      Shell.ok(root, "ln -s target s; > f");
      String script = "(%s) or die; %s%s".formatted(removal, readlink, print);
      assumeTrue(System.getProperty("os.arch").equals("amd64"), "skipped: readlinkat's number");
      assertEquals("target links 0", perlWithPath("s", script));
      Shell.ok(root, "rm -f s f");
      awaitInodes(1);
    }
  }

  @Test
  void fileThatWasUnlinked_hasItsAttributes_andNoSpace() throws Exception {
    assumePerl();
    Shell.ok(root, "echo hello > f; ln f g");
    String print = "print join(\" \", (stat(F))[3, 7]), \" \"; ";
    String script = "unlink \"f\"; %sunlink \"g\"; %s%s".formatted(print, print, AWAIT_UNUSED);
    assertEquals("1 6 0 6", perlWithPath("f", script).strip());
    awaitInodes(1);
  }

  @Test
  void fileThatWasUnlinkedWhileOpen_hasTheAttributesOfItsLastClose() throws Exception {
    assumePerl();
    Shell.ok(root, "echo hello > f");
    String open = "open(G, \">>\", \"f\") or die; unlink \"f\"; ";
    String write = "chmod(0600, *G); syswrite(G, \"more\"); close G; ";
    String print = "printf(\"%o %d %d\", (stat(F))[2, 3, 7]);";
    assertEquals("100600 0 10", perlWithPath("f", open + write + AWAIT_UNUSED + print));
    awaitInodes(1);
  }

  @Test
  void fileThatAnotherIsRenamedOnto_opensAgain() throws Exception {
    assumePerl();
    Shell.ok(root, "echo hello > f; echo other > g");
    String reopen = "open(G, \"<\", \"/proc/self/fd/\" . fileno(F)) or die; print <G>;";
    assertEquals("hello", perlWithPath("f", "rename(\"g\", \"f\") or die; " + reopen));
    awaitInodes(2);
  }

  /** Each name is known, and each node forgotten with it, the ones that were held as well. */
  @Test
  void manyRemovals_leaveNothing() throws Exception {
    Shell.ok(
        root,
        """
        for i in $(seq 100); do
          mkdir d e; ln -s x s; mkfifo p; > f; > g; ls -lR . > /dev/null
          mv -T d e; rmdir e; mv g f; rm s p f
        done
        """);
    awaitInodes(1);
  }

  /** Whoever gives a mount up closes its file system, and that lets go of everything. */
  @Test
  void whatIsForgotten_afterTheMountWasGivenUp_isNotReleased() throws Exception {
    Process user =
        new ProcessBuilder("sh", "-c", "mkdir w; cd w; rmdir ../w; echo there; read end")
            .directory(root.toFile())
            .redirectError(Redirect.DISCARD)
            .start();
    try (BufferedReader said = user.inputReader()) {
      assertEquals("there", said.readLine());
      Unmounter.current().unmount(root, true);
      mount.session().abort();
      givenUp = true;
      user.getOutputStream().close();
      assertTrue(mount.session().awaitEnd(Duration.ofSeconds(30)));
      assertEquals(List.of(), List.copyOf(callsWhenGivenUp));
    } finally {
      user.destroyForcibly().waitFor();
    }
  }

  @Test
  void snapshot_ofARemovedDirectoryThatIsHeld_doesNotShowIt() throws Exception {
    String found =
        Shell.ok(
            root,
            """
            mkdir w; cd w; rmdir ../w
            mkdir ../.snapshots/s
            ls -A ../.snapshots/s; find ../.snapshots/s | wc -l
            mkdir ../.clones/c; ls -A ../.clones/c
            stat -c 'links %h' .
            """);
    assertEquals("1\nlinks 0", found);
    awaitInodes(1);
    long snapshot = store.store().snapshots(store.store().volume("main").id()).get(0).version();
    assertFalse(hasNames(store.store().openSnapshot(snapshot)));
    awaitInodes(1);
    Shell.ok(root, "rmdir .clones/c .snapshots/s");
  }

  private static boolean hasNames(FileTree tree) throws IOException {
    Name[] any = new Name[1];
    tree.readdir(
        FileTree.ROOT_INODE,
        0,
        (name, inode, mode, cookie) -> {
          any[0] = name;
          return false;
        });
    return any[0] != null;
  }
}

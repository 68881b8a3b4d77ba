package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.Intercepted;
import dev.brindle.daemon.MemoryFileSystem;
import dev.brindle.daemon.MountedMemory;
import dev.brindle.daemon.MountedStore;
import dev.brindle.daemon.Shell;
import dev.brindle.namespace.Caller;
import dev.brindle.namespace.Entry;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.AttributeChange;
import dev.brindle.store.FileMode;
import dev.brindle.store.Name;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One mount changes what another one's kernel is just being told, or just moves. */
class OvertakenAnswersTest {
  private static final long SOON_NANOS = 20_000_000_000L;
  private static final Name FILE = Name.of("f");

  /** What the one mount does in the middle of the other's operation. */
  private interface Step {
    void run() throws IOException;
  }

  @TempDir Path directory;
  private final AtomicReference<@Nullable Step> afterLookup = new AtomicReference<>();
  private final AtomicReference<@Nullable Step> beforeRename = new AtomicReference<>();
  private MountedStore store;
  private Path one;
  private Path other;

  @BeforeEach
  void mount() throws IOException {
    store = MountedStore.create(directory.resolve("store"));
    one = mountPoint("one");
    other = mountPoint("other");
    store.mount(transport(), "main", one);
    store.mount(transport(), "main", other, transport().caching(), this::interrupted);
  }

  @AfterEach
  void unmount() throws Exception {
    if (store != null) {
      store.close();
    }
  }

  private Path mountPoint(String name) throws IOException {
    return Files.createDirectory(directory.resolve(name));
  }

  private static KernelTransport transport() {
    return KernelTransport.create(0);
  }

  private InodeFileSystem interrupted(InodeFileSystem target) {
    return Intercepted.of(
        target,
        (operation, arguments) ->
            switch (operation) {
              case "lookup" -> {
                Entry found = target.lookup((Long) arguments[0], (Name) arguments[1]);
                if (arguments[1].equals(FILE)) {
                  take(afterLookup);
                }
                yield found;
              }
              case "rename" -> {
                take(beforeRename);
                yield null;
              }
              // the files of this test would be too young to be believed for long
              case "isUnsettled" -> false;
              default -> null;
            });
  }

  private static void take(AtomicReference<@Nullable Step> next) throws IOException {
    Step step = next.getAndSet(null);
    if (step != null) {
      step.run();
    }
  }

  private static void soon(Path where, String expected, String script) throws IOException {
    long deadline = System.nanoTime() + SOON_NANOS;
    while (!Shell.ok(where, script).equals(expected) && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertEquals(expected, Shell.ok(where, script), script);
  }

  @Test
  void attributes_changedWhileTheyAreLookedUp_areSeen() throws Exception {
    Shell.ok(one, "mkdir d; echo old > d/f");
    Shell.ok(other, "stat -c %a d");
    afterLookup.set(() -> Shell.ok(one, "echo longer > d/f; chmod 600 d/f"));
    Shell.ok(other.resolve("d"), "stat -c %a f");
    soon(other, "7 600", "stat -c '%s %a' d/f");
    assertEquals("longer", Shell.ok(other, "cat d/f"));
  }

  @Test
  void attributes_changedWhileTheyAreListed_areSeen() throws Exception {
    Shell.ok(one, "mkdir d; echo old > d/f");
    Shell.ok(other, "stat -c %a d");
    afterLookup.set(() -> Shell.ok(one, "chmod 600 d/f"));
    Shell.ok(other, "ls -l d");
    soon(other, "600", "stat -c %a d/f");
  }

  /** The news is there before the program has taken the answer that brings the inode. */
  @Test
  void attributes_toldBeforeTheKernelHasTheInode_areToldAgain() throws Exception {
    MemoryFileSystem files = new MemoryFileSystem();
    long node =
        files
            .mknod(Caller.ROOT, InodeFileSystem.ROOT_NODE, FILE, FileMode.REGULAR | 0644, 0)
            .node();
    InodeFileSystem changing =
        Intercepted.of(
            files,
            (operation, arguments) -> {
              if (!operation.equals("lookup") || !arguments[1].equals(FILE)) {
                return null;
              }
              Entry old = files.lookup(InodeFileSystem.ROOT_NODE, FILE);
              files.setattr(Caller.ROOT, node, AttributeChange.ofMode(0600));
              return old;
            });
    try (MountedMemory mount =
        MountedMemory.mount(transport(), changing, mountPoint("memory"), MountedMemory.LASTING)) {
      Served served = ((KernelSession) mount.session()).served();
      served.lookups().add(node);
      served.invalidations().attributesChanged(node);
      Shell.ok(mount.root(), "stat -c %a f");
      soon(mount.root(), "600", "stat -c %a f");
    }
  }

  @Test
  void rename_ofNameThatHasBecomeAnotherFile_showsThatFile() throws Exception {
    Shell.ok(one, "echo first > a; echo second > new; mkdir d e; touch d/first e/second");
    Shell.ok(other, "cat a; ls d");
    beforeRename.set(() -> Shell.ok(one, "mv a kept; mv new a"));
    Shell.ok(other, "mv a b");
    soon(other, "second first", "echo $(cat b kept)");
    beforeRename.set(() -> Shell.ok(one, "mv d kept-d; mv e d"));
    Shell.ok(other, "mv d moved");
    soon(other, "second first", "echo $(ls moved) $(ls kept-d)");
    assertTrue(Files.exists(one.resolve("moved/second")));
  }
}

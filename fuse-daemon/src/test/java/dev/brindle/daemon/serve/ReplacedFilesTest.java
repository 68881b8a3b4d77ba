package dev.brindle.daemon.serve;

import static dev.brindle.namespace.InodeFileSystem.ROOT_NODE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.MemoryFileSystem;
import dev.brindle.namespace.Caller;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree.RenameMode;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a kernel has looked up opens, until the kernel has forgotten it. */
class ReplacedFilesTest {
  private static final Name OLD = Name.of("f");
  private static final Name FRESH = Name.of("f.new");

  private final MemoryFileSystem fileSystem = new MemoryFileSystem();
  private final ReplacedFiles replaced = new ReplacedFiles(fileSystem);
  private long old;

  @BeforeEach
  void create() throws IOException {
    old = fileSystem.mknod(Caller.ROOT, ROOT_NODE, OLD, 0100644, 0).node();
    fileSystem.mknod(Caller.ROOT, ROOT_NODE, FRESH, 0100644, 0);
  }

  private void rename() throws IOException {
    fileSystem.rename(Caller.ROOT, ROOT_NODE, FRESH, ROOT_NODE, OLD, RenameMode.REPLACE);
  }

  @Test
  void replacedFile_opensUntilItIsForgotten() throws IOException {
    replaced.hold(ROOT_NODE, OLD, node -> true, this::rename);
    fileSystem.release(fileSystem.open(old, false));
    fileSystem.release(fileSystem.open(old, false));
    replaced.forget(old);
    assertThrows(FileSystemException.class, () -> fileSystem.open(old, false));
    assertEquals(0, fileSystem.openHandles());
  }

  @Test
  void everythingForgotten_holdsNothing() throws IOException {
    replaced.hold(ROOT_NODE, OLD, node -> true, this::rename);
    replaced.forgetAll();
    assertTrue(replaced.isEmpty());
    assertEquals(0, fileSystem.openHandles());
  }

  @Test
  void renameThatFails_holdsNothing() {
    assertThrows(
        IOException.class,
        () ->
            replaced.hold(
                ROOT_NODE,
                OLD,
                node -> true,
                () -> {
                  throw new IOException("refused");
                }));
    assertTrue(replaced.isEmpty());
    assertEquals(0, fileSystem.openHandles());
  }

  @Test
  void nameThatIsFree_orOfAFileWithAnother_isNotHeld() throws IOException {
    fileSystem.link(Caller.ROOT, old, ROOT_NODE, Name.of("hard"));
    replaced.hold(ROOT_NODE, OLD, node -> true, this::rename);
    assertTrue(replaced.isEmpty());
    fileSystem.mknod(Caller.ROOT, ROOT_NODE, FRESH, 0100644, 0);
    fileSystem.unlink(Caller.ROOT, ROOT_NODE, OLD);
    replaced.hold(ROOT_NODE, OLD, node -> true, this::rename);
    assertTrue(replaced.isEmpty());
  }

  /** Another mount has made it just now: this one's kernel will never forget it. */
  @Test
  void fileThatTheKernelNeverLookedUp_isNotHeld() throws IOException {
    replaced.hold(ROOT_NODE, OLD, node -> false, this::rename);
    assertTrue(replaced.isEmpty());
    assertEquals(0, fileSystem.openHandles());
    assertThrows(FileSystemException.class, () -> fileSystem.getattr(old));
  }
}

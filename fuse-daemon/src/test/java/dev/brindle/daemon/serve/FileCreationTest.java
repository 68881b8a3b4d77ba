package dev.brindle.daemon.serve;

import static dev.brindle.namespace.InodeFileSystem.ROOT_NODE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.brindle.daemon.Intercepted;
import dev.brindle.daemon.MemoryFileSystem;
import dev.brindle.daemon.host.Host;
import dev.brindle.namespace.Caller;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.namespace.OpenFile;
import dev.brindle.store.AttributeChange;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.InodeFlags;
import dev.brindle.store.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A file is made, or found, while another mount makes and removes the same name. */
class FileCreationTest {
  private static final Name NAME = Name.of("f");
  private static final int O_RDWR = 2;
  private static final int O_EXCL = Host.LINUX.exclusiveFlag();
  private static final int O_TRUNC = Host.LINUX.truncateFlag();
  private static final Caller OWNER = new Caller(1000, 1000, 1);

  /** What the other mount does before an operation of this one. */
  private interface OtherMount {
    void before(String operation) throws IOException;
  }

  private final MemoryFileSystem files = new MemoryFileSystem();
  private final List<String> operations = new ArrayList<>();
  private OtherMount other = operation -> {};

  private final InodeFileSystem fileSystem =
      Intercepted.of(
          files,
          (operation, arguments) -> {
            operations.add(operation);
            other.before(operation);
            return null;
          });

  private OpenFile open(Caller caller, int flags) throws IOException {
    return new FileCreation(fileSystem, Host.LINUX)
        .open(
            caller,
            ROOT_NODE,
            NAME,
            0644,
            flags,
            node -> fileSystem.setattr(caller, node, AttributeChange.ofSize(0)));
  }

  private long make() throws IOException {
    return files.mknod(OWNER, ROOT_NODE, NAME, FileMode.REGULAR | 0600, 0).node();
  }

  private void remove() throws IOException {
    files.unlink(OWNER, ROOT_NODE, NAME);
  }

  private static void refused(Errno errno, org.junit.jupiter.api.function.Executable call) {
    FileSystemException refused = assertThrows(FileSystemException.class, call);
    assertEquals(errno, refused.errno());
  }

  @Test
  void newFile_isMadeAndOpenedByOneOperation() throws IOException {
    OpenFile file = open(OWNER, O_RDWR | O_EXCL);
    assertEquals(List.of("create"), operations);
    assertEquals(FileMode.REGULAR | 0644, file.entry().attributes().mode());
    assertEquals(1, files.openHandles());
  }

  @Test
  void fileThatIsThere_isOpened_unlessExclusively() throws IOException {
    long node = make();
    refused(Errno.EEXIST, () -> open(OWNER, O_RDWR | O_EXCL));
    assertEquals(List.of("create"), operations);
    assertEquals(node, open(OWNER, O_RDWR | O_TRUNC).entry().node());
    assertEquals(List.of("create", "create", "lookup", "setattr", "open"), operations);
  }

  @Test
  void fileThatIsGoneWhenItIsLookedUp_isMade() throws IOException {
    long node = make();
    other =
        operation -> {
          if (operation.equals("lookup")) {
            remove();
          }
        };
    assertNotEquals(node, open(OWNER, O_RDWR).entry().node());
    assertEquals(List.of("create", "lookup", "create"), operations);
  }

  @Test
  void fileThatIsGoneWhenItIsOpened_isMade() throws IOException {
    make();
    other =
        operation -> {
          if (operation.equals("open")) {
            remove();
            throw new FileSystemException(Errno.ENOENT);
          }
        };
    open(OWNER, O_RDWR);
    assertEquals(List.of("create", "lookup", "open", "create"), operations);
  }

  @Test
  void fileThatComesAndGoes_isGivenUp() throws IOException {
    other =
        operation -> {
          if (operation.equals("create")) {
            make();
          } else {
            remove();
          }
        };
    refused(Errno.ENOENT, () -> open(OWNER, O_RDWR));
    assertEquals(0, files.openHandles());
  }

  @Test
  void directoryThatIsGone_isSaidAtOnce() {
    other =
        operation -> {
          throw new FileSystemException(Errno.ENOENT);
        };
    refused(Errno.ENOENT, () -> open(OWNER, O_RDWR));
    assertEquals(List.of("create"), operations);
  }

  @Test
  void fileThatMayNotBePlainlyOpened_isLeftToTheKernel() throws IOException {
    long node = make();
    refused(Errno.ESTALE, () -> open(new Caller(2000, 2000, 1), O_RDWR));
    files.setFlags(OWNER, node, InodeFlags.APPEND_ONLY);
    refused(Errno.ESTALE, () -> open(OWNER, O_RDWR));
    files.setFlags(OWNER, node, 0);
    assertEquals(node, open(OWNER, O_RDWR).entry().node());
  }
}

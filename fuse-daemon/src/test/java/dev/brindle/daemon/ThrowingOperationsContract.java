package dev.brindle.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.daemon.transport.Transport;
import dev.brindle.namespace.InodeFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a file system throws, in each operation, reaches the caller as an error. */
public abstract class ThrowingOperationsContract {
  /** Throws in one operation, when armed. */
  private static final class Trap {
    volatile String operation = "";
    volatile Throwable fault = new IllegalStateException("not armed");
    final CountDownLatch sprung = new CountDownLatch(1);

    InodeFileSystem around(InodeFileSystem target) {
      return Intercepted.of(target, this::before);
    }

    private @Nullable Object before(String called, Object[] arguments) throws Throwable {
      if (called.equals(operation)) {
        sprung.countDown();
        throw fault;
      }
      return null;
    }
  }

  protected abstract Transport transport() throws IOException;

  @TempDir Path directory;
  private final Trap trap = new Trap();
  private MountedMemory mount;

  @BeforeEach
  void mount() throws IOException {
    mount =
        MountedMemory.mount(
            transport(), trap.around(new MemoryFileSystem()), directory, CachingOptions.defaults());
    Shell.ok(
        mount.root(),
        "echo data > f; echo data > g; mkdir d e; ln -s f s; setfattr -n user.a -v b f || true");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mount != null) {
      trap.operation = "";
      mount.close();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          lookup      | stat nobody
          setattr     | chmod 600 f
          setattr     | truncate -s 1 f
          setattr     | touch -d @5 f
          readlink    | cat s
          mknod       | mkfifo p
          create      | echo x > new
          mkdir       | mkdir new
          symlink     | ln -s x new
          link        | ln f new
          unlink      | rm f
          rmdir       | rmdir d
          rename      | mv f g
          open        | cat f
          open        | echo more >> f
          read        | cat f
          write       | dd if=/dev/zero of=f bs=100 count=1 conv=notrunc
          append      | dd if=g of=f oflag=append conv=notrunc
          fsync       | sync f
          fallocate   | fallocate -l 100 f
          opendir     | ls d
          readdir     | ls d
          fsyncdir    | sync d
          statfs      | stat -f .
          """)
  void throwable_inOperation_isAnErrorAndNotSuccess(String operation, String script)
      throws IOException {
    for (Throwable fault :
        new Throwable[] {new IllegalStateException("a bug"), new IOException("the disk")}) {
      trap.fault = fault;
      trap.operation = operation;
      String output = Shell.fails(mount.root(), script);
      assertTrue(output.contains("Input/output error"), output);
    }
    trap.operation = "";
    assertEquals("data", Shell.ok(mount.root(), "cat f"));
    assertNull(mount.session().failure());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          getxattr    | user.a | get
          listxattr   | user.a | list
          setxattr    | user.b | set
          removexattr | user.a | remove
          """)
  void throwable_inXattrOperation_isAnError(String operation, String name, String what)
      throws IOException {
    var view =
        java.nio.file.Files.getFileAttributeView(
            mount.root().resolve("g"), java.nio.file.attribute.UserDefinedFileAttributeView.class);
    view.write("a", java.nio.ByteBuffer.wrap(new byte[] {1}));
    trap.fault = new IllegalStateException("a bug");
    trap.operation = operation;
    IOException thrown =
        org.junit.jupiter.api.Assertions.assertThrows(
            IOException.class,
            () -> {
              switch (what) {
                case "get" -> view.size("a");
                case "list" -> view.list();
                case "set" -> view.write("b", java.nio.ByteBuffer.wrap(new byte[] {1}));
                default -> view.delete("a");
              }
            });
    assertNotNull(thrown.getMessage());
  }

  @Test
  void throwable_inGetattr_isAnError() throws Exception {
    Thread.sleep(1100); // what the kernel remembers is no longer valid
    trap.fault = new IllegalStateException("a bug");
    trap.operation = "getattr";
    String output = Shell.fails(Path.of("/"), "stat " + mount.root());
    assertTrue(output.contains("Input/output error"), output);
  }

  @Test
  void error_inOperation_stopsTheMount() throws Exception {
    trap.fault = new AssertionError("an invariant is broken");
    trap.operation = "mkdir";
    assertTrue(Shell.fails(mount.root(), "mkdir new").contains("Input/output error"));
    trap.operation = "";
    assertTrue(mount.session().awaitEnd(Duration.ofSeconds(20)));
    assertInstanceOf(AssertionError.class, mount.session().failure());
  }

  @Test
  void release_thatThrows_leavesTheMountServing() throws Exception {
    trap.fault = new IllegalStateException("a bug");
    trap.operation = "release";
    Shell.run(mount.root(), "cat f");
    assertTrue(trap.sprung.await(30, TimeUnit.SECONDS), "nothing was released");
    trap.operation = "";
    assertEquals("data", Shell.ok(mount.root(), "cat g"));
  }
}

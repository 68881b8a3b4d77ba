package dev.brindle.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brindle.daemon.host.Processes;
import dev.brindle.daemon.host.Unmounter;
import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.daemon.transport.Transport;
import dev.brindle.daemon.transport.TransportOptions;
import dev.brindle.daemon.transport.TransportSession;
import dev.brindle.namespace.Caller;
import dev.brindle.namespace.Entry;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.namespace.OpenFile;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What another mount changes between two requests of this one's kernel. */
public abstract class ForeignChangesContract {
  /** A file that is not seen before it is about to be made, as if it was made in between. */
  private static final class Racing extends MemoryFileSystem {
    private static final Name NAME = Name.of("secret");
    private boolean hidden;

    synchronized void hide() {
      hidden = true;
    }

    synchronized boolean isHidden() {
      return hidden;
    }

    @Override
    public synchronized Entry lookup(long parent, Name name) throws IOException {
      if (hidden && name.equals(NAME)) {
        throw new FileSystemException(Errno.ENOENT);
      }
      return super.lookup(parent, name);
    }

    @Override
    public synchronized OpenFile create(
        Caller caller, long parent, Name name, int mode, boolean writable) throws IOException {
      hidden = false;
      return super.create(caller, parent, name, mode, writable);
    }
  }

  protected abstract Transport transport() throws IOException;

  @Test
  void create_ofWhatAnotherUserHasMadeMeanwhile_checksHisRights(@TempDir Path directory)
      throws Exception {
    MountedMemory.assumeFuse();
    assumeTrue(Processes.isRoot(), "skipped: only root can be two users");
    Racing fileSystem = new Racing();
    TransportSession session = transport().mount(fileSystem, forAll(directory));
    try {
      Shell.ok(directory, "chmod 777 .; echo kept > secret; chmod 600 secret");
      fileSystem.hide();
      String denied = Shell.fails(directory, asUser("echo taken > secret"));
      assertFalse(fileSystem.isHidden());
      assertTrue(denied.contains("Permission denied"), denied);
      assertEquals("kept", Shell.ok(directory, "cat secret"));
      Shell.ok(directory, "chmod 666 secret");
      fileSystem.hide();
      Shell.ok(directory, asUser("echo given > secret"));
      assertFalse(fileSystem.isHidden());
      assertEquals("given", Shell.ok(directory, "cat secret"));
    } finally {
      Unmounter.current().unmount(directory, true);
      assertTrue(session.awaitEnd(Duration.ofSeconds(30)));
    }
  }

  private static TransportOptions forAll(Path directory) {
    CachingOptions caching = new CachingOptions(0, 0, 0, true, false);
    return new TransportOptions(
        directory, "brindle:test:memory", false, true, false, false, false, caching);
  }

  @Test
  void trustedAttributes_areListedForRootAlone(@TempDir Path directory) throws Exception {
    MountedMemory.assumeFuse();
    assumeTrue(Processes.isRoot(), "skipped: only root can be two users");
    TransportSession session = transport().mount(new MemoryFileSystem(), forAll(directory));
    try {
      Shell.ok(directory, "> f; setfattr -n trusted.t -v 1 f; setfattr -n user.u -v 2 f");
      String list = "getfattr -m - f | grep -v ^#";
      assertEquals("trusted.t\nuser.u", Shell.ok(directory, list + " | sort"));
      assertEquals("user.u", Shell.ok(directory, asUser(list)));
    } finally {
      Unmounter.current().unmount(directory, true);
      assertTrue(session.awaitEnd(Duration.ofSeconds(30)));
    }
  }

  /** The kernel drops pages when an opening succeeds, and not when one fails. */
  @Test
  void open_afterOneThatFailed_readsWhatAnotherMountWrote(@TempDir Path directory)
      throws Exception {
    MemoryFileSystem files = new MemoryFileSystem();
    AtomicBoolean refuses = new AtomicBoolean();
    InodeFileSystem refusing =
        Intercepted.of(
            files,
            (operation, arguments) -> {
              if (operation.equals("open") && refuses.getAndSet(false)) {
                throw new FileSystemException(Errno.EPERM);
              }
              return null;
            });
    try (MountedMemory mount =
        MountedMemory.mount(transport(), refusing, directory, MountedMemory.LASTING)) {
      assertEquals("before", Shell.ok(directory, "echo before > f; cat f > f2; cat f"));
      long node = files.lookup(InodeFileSystem.ROOT_NODE, Name.of("f")).node();
      long handle = files.open(node, true);
      files.write(handle, 0, ByteBuffer.wrap("after!".getBytes(StandardCharsets.UTF_8)));
      files.release(handle);
      refuses.set(true);
      Shell.fails(mount.root(), "cat f");
      assertFalse(refuses.get());
      assertEquals("after!", Shell.ok(directory, "cat f"));
    }
  }

  /** What is only written to keeps its pages; the next opening to read comes to the file system. */
  @Test
  void open_toWriteAlone_leavesTheKernelItsPages(@TempDir Path directory) throws Exception {
    MemoryFileSystem files = new MemoryFileSystem();
    AtomicInteger reads = new AtomicInteger();
    InodeFileSystem counted =
        Intercepted.of(
            files,
            (operation, arguments) -> {
              if (operation.equals("read")) {
                reads.incrementAndGet();
              }
              return null;
            });
    try (MountedMemory mount =
        MountedMemory.mount(transport(), counted, directory, MountedMemory.LASTING)) {
      Path file = mount.root().resolve("f");
      Files.writeString(file, "a".repeat(3 * 4096));
      try (FileChannel reader = FileChannel.open(file)) {
        assertEquals("a".repeat(3 * 4096), text(reader, 0, 3 * 4096));
        int before = reads.get();
        try (FileChannel writer = FileChannel.open(file, StandardOpenOption.WRITE)) {
          writer.write(ByteBuffer.wrap("b".repeat(4096).getBytes(StandardCharsets.UTF_8)), 0);
        }
        assertEquals("ba", text(reader, 4095, 2));
        assertEquals(before, reads.get());
      }
      int before = reads.get();
      assertEquals("b".repeat(4096) + "a".repeat(2 * 4096), Files.readString(file));
      assertTrue(reads.get() > before);

      long node = files.lookup(InodeFileSystem.ROOT_NODE, Name.of("f")).node();
      long handle = files.open(node, true);
      files.write(handle, 4096, ByteBuffer.wrap("foreign".getBytes(StandardCharsets.UTF_8)));
      files.release(handle);
      try (FileChannel writer = FileChannel.open(file, StandardOpenOption.WRITE)) {
        writer.write(ByteBuffer.wrap("own".getBytes(StandardCharsets.UTF_8)), 4096 + 4);
      }
      assertEquals("foreown", Files.readString(file).substring(4096, 4096 + 7));
    }
  }

  private static String text(FileChannel channel, long offset, int bytes) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(bytes);
    assertEquals(bytes, channel.read(text, offset));
    return new String(text.array(), StandardCharsets.UTF_8);
  }

  private static String asUser(String script) {
    return "setpriv --reuid=12345 --regid=12345 --clear-groups sh -c '" + script + "'";
  }
}

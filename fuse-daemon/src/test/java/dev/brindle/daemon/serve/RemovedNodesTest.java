package dev.brindle.daemon.serve;

import static dev.brindle.namespace.InodeFileSystem.ROOT_NODE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.brindle.daemon.MemoryFileSystem;
import dev.brindle.namespace.Caller;
import dev.brindle.namespace.Entry;
import dev.brindle.namespace.Removed;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree.RenameMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a kernel has looked up goes on, until the kernel has forgotten it. */
class RemovedNodesTest {
  private static final Name OLD = Name.of("old");
  private static final Name FRESH = Name.of("fresh");

  private final MemoryFileSystem fileSystem = new MemoryFileSystem();
  private final LookupCounts lookups = new LookupCounts();
  private final RemovedNodes removed = new RemovedNodes(fileSystem, lookups);
  private int inodes;

  @BeforeEach
  void count() {
    inodes = fileSystem.inodes();
  }

  @AfterEach
  void nothingIsLeft() {
    assertTrue(removed.isEmpty());
    assertEquals(0, fileSystem.openHandles());
    assertEquals(0, lookups.size());
  }

  private long file(Name name) throws IOException {
    return fileSystem.mknod(Caller.ROOT, ROOT_NODE, name, 0100644, 0).node();
  }

  private long directory(Name name) throws IOException {
    return fileSystem.mkdir(Caller.ROOT, ROOT_NODE, name, 0755).node();
  }

  private void replace() throws IOException {
    removed.remove(
        () -> fileSystem.rename(Caller.ROOT, ROOT_NODE, FRESH, ROOT_NODE, OLD, RenameMode.REPLACE));
  }

  private void assertGone(long node) {
    assertThrows(FileSystemException.class, () -> fileSystem.getattr(node));
    assertThrows(FileSystemException.class, () -> removed.getattr(node));
  }

  @Test
  void removedDirectory_opensUntilTheLastLookupIsForgotten() throws IOException {
    long node = directory(OLD);
    lookups.add(node);
    lookups.add(node);
    removed.remove(() -> fileSystem.rmdir(Caller.ROOT, ROOT_NODE, OLD));
    fileSystem.releasedir(fileSystem.opendir(node));
    removed.forget(node, 1);
    fileSystem.releasedir(fileSystem.opendir(node));
    assertEquals(0, removed.getattr(node).attributes().linkCount());
    removed.forget(node, 1);
    assertGone(node);
    assertEquals(inodes, fileSystem.inodes());
  }

  @Test
  void attributes_askedForBeforeARemovalIsRemembered_waitForIt() throws Exception {
    long node = file(OLD);
    lookups.add(node);
    CountDownLatch isGone = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<?> removal =
          threads.submit(
              () -> {
                removed.remove(
                    () -> {
                      Removed file = fileSystem.unlink(Caller.ROOT, ROOT_NODE, OLD);
                      isGone.countDown();
                      Uninterruptibles.awaitUninterruptibly(mayEnd);
                      return file;
                    });
                return null;
              });
      isGone.await();
      Future<Entry> asked = threads.submit(() -> removed.getattr(node));
      assertThrows(TimeoutException.class, () -> asked.get(100, TimeUnit.MILLISECONDS));
      mayEnd.countDown();
      assertEquals(0, asked.get().attributes().linkCount());
      removal.get();
    } finally {
      mayEnd.countDown();
      threads.shutdown();
    }
    removed.forget(node, 1);
    assertGone(node);
  }

  @Test
  void replacedFile_opensUntilItIsForgotten() throws IOException {
    long old = file(OLD);
    file(FRESH);
    lookups.add(old);
    replace();
    fileSystem.release(fileSystem.open(old, false));
    fileSystem.release(fileSystem.open(old, false));
    removed.forget(old, 1);
    assertGone(old);
  }

  @Test
  void unlinkedFile_hasItsAttributes_andTakesNoSpace() throws IOException {
    long node = file(OLD);
    lookups.add(node);
    removed.remove(() -> fileSystem.unlink(Caller.ROOT, ROOT_NODE, OLD));
    assertEquals(inodes, fileSystem.inodes());
    InodeAttributes attributes = removed.getattr(node).attributes();
    assertEquals(node, attributes.inode());
    assertEquals(0, attributes.linkCount());
    assertEquals(0100644, attributes.mode());
    removed.forget(node, 1);
    assertGone(node);
  }

  @Test
  void unlinkedSymlink_keepsItsTarget() throws IOException {
    byte[] target = {'t'};
    long node = fileSystem.symlink(Caller.ROOT, ROOT_NODE, OLD, target).node();
    lookups.add(node);
    removed.remove(() -> fileSystem.unlink(Caller.ROOT, ROOT_NODE, OLD));
    assertArrayEquals(target, fileSystem.readlink(node));
    removed.forget(node, 1);
    assertGone(node);
  }

  @Test
  void fileWithAnotherName_isNotHeld() throws IOException {
    long old = file(OLD);
    fileSystem.link(Caller.ROOT, old, ROOT_NODE, Name.of("hard"));
    file(FRESH);
    lookups.add(old);
    replace();
    assertTrue(removed.isEmpty());
    removed.forget(old, 1);
    assertEquals(1, removed.getattr(old).attributes().linkCount());
  }

  /** Another mount has made it just now: this one's kernel will never forget it. */
  @Test
  void nodeThatTheKernelNeverLookedUp_isNotHeld() throws IOException {
    long old = directory(OLD);
    directory(FRESH);
    replace();
    assertGone(old);
    removed.remove(() -> fileSystem.rmdir(Caller.ROOT, ROOT_NODE, OLD));
    assertEquals(inodes, fileSystem.inodes());
  }

  @Test
  void unlinkedFile_hasTheAttributesOfItsLastClose() throws IOException {
    long node = file(OLD);
    lookups.add(node);
    long first = fileSystem.open(node, true);
    long last = fileSystem.open(node, true);
    removed.remove(() -> fileSystem.unlink(Caller.ROOT, ROOT_NODE, OLD));
    for (long handle : new long[] {first, last}) {
      fileSystem.append(handle, ByteBuffer.wrap(new byte[] {1, 2, 3}));
      removed.closing(node);
      fileSystem.release(handle);
    }
    assertEquals(6, removed.getattr(node).attributes().size());
    assertEquals(inodes, fileSystem.inodes());
    removed.forget(node, 1);
    removed.closing(node);
    assertGone(node);
  }

  @Test
  void whatIsHeld_staysWhenItIsClosed() throws IOException {
    long node = directory(OLD);
    lookups.add(node);
    removed.remove(() -> fileSystem.rmdir(Caller.ROOT, ROOT_NODE, OLD));
    long handle = fileSystem.opendir(node);
    removed.closing(node);
    fileSystem.releasedir(handle);
    fileSystem.releasedir(fileSystem.opendir(node));
    removed.forget(node, 1);
    assertGone(node);
  }
}

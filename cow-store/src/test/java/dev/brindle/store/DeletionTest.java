package dev.brindle.store;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.names;
import static dev.brindle.store.contract.Trees.read;
import static dev.brindle.store.contract.Trees.refused;
import static dev.brindle.store.contract.Trees.text;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.FileTree.Seek;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.FaultyDisk.Fault;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deletions of snapshots and volumes, seen by others: one that is refused is seen by nobody. */
class DeletionTest {
  private static final int ROUNDS = 300;

  /** For what goes wrong when a thread has to wait between two instructions: one run in three. */
  private static final int CLOSE_ROUNDS = 20_000;

  private final FaultyDisk disk = new FaultyDisk();
  private Store store;
  private long main;
  private WritableFileTree tree;
  private long file;

  @BeforeEach
  void createStore() throws IOException {
    StoreOptions options = StoreOptions.defaults().withSegmentBlocks(1024);
    Store.create(disk, options);
    store = Store.open(disk, options.withCheckpointIntervalMillis(3_600_000));
    main = store.createVolume(name("main"), 0, 0).id();
    tree = store.open(main);
    file = file(tree, "f", "text");
  }

  @AfterEach
  void closeStore() throws IOException {
    store.close();
  }

  @Test
  void deleteSnapshot_inAReadOnlyStore_leavesItReadable() throws IOException {
    long version = store.createSnapshot(main, name("s")).version();
    FileTree snapshot = store.openSnapshot(version);
    assertEquals("text", text(snapshot, file));
    write(tree, file, 0, "next");
    disk.fail(disk.operations(), Fault.INPUT_OUTPUT_ERROR);
    assertThrows(IOException.class, () -> tree.fsync(file, false));
    disk.clearFaults();
    refused(Errno.EROFS, () -> store.deleteSnapshot(version));
    assertEquals("text", text(store.openSnapshot(version), file));
    refused(Errno.EROFS, () -> store.deleteVolume(main, CloneDisposition.DELETE));
    assertEquals("text", text(store.openSnapshot(version), file));
    assertEquals(List.of("f"), names(tree, ROOT));
  }

  @Test
  void tree_ofADeletedVolume_isNeitherReadNorWritten() throws IOException {
    long clone = store.cloneVolume(main, name("clone")).id();
    WritableFileTree gone = store.open(clone);
    write(gone, file, 0, "mine");
    store.deleteVolume(clone, CloneDisposition.REFUSE);
    refused(Errno.ESTALE, () -> read(gone, file, 0, 4));
    refused(Errno.ESTALE, () -> write(gone, file, 0, "lost"));
    refused(Errno.ESTALE, () -> gone.seek(file, 0, Seek.HOLE));
    refused(Errno.ESTALE, () -> gone.getattr(file));
    assertEquals(0, store.status().dirtyBytes());
  }

  @Test
  void deletion_refusedForAnOpenFile_isNotSeenInOtherTrees() throws Exception {
    long first = store.createSnapshot(main, name("first")).version();
    long second = store.createSnapshot(main, name("second")).version();
    long clone = store.cloneSnapshot(first, name("clone")).id();
    store.cloneVolume(clone, name("clone of the clone"));
    store.openSnapshot(second).hold(file);
    whileOthers(
        () -> {
          text(store.openSnapshot(first), file);
          text(store.open(clone), file);
        },
        () -> {
          refused(Errno.EBUSY, () -> store.deleteVolume(main, CloneDisposition.DELETE));
          refused(Errno.EBUSY, () -> store.deleteVolume(clone, CloneDisposition.REFUSE));
        });
    store.openSnapshot(second).release(file);
  }

  @Test
  void sync_whileAVolumeWithDirtyFilesIsDeleted_succeeds() throws Exception {
    whileOthers(
        () -> store.sync(),
        () -> {
          long clone = store.cloneVolume(main, name("clone")).id();
          WritableFileTree writable = store.open(clone);
          for (int i = 0; i < 20; i++) {
            file(writable, "f" + i, "dirty");
          }
          store.deleteVolume(clone, CloneDisposition.REFUSE);
        });
    assertEquals(0, store.status().dirtyBytes());
  }

  /** The first to ask for a volume does so while it is deleted. */
  @Test
  void open_ofADeletedVolume_isRefused_whoeverAskedForItMeanwhile() throws Exception {
    long snapshot = store.createSnapshot(main, name("s")).version();
    AtomicLong clone = new AtomicLong(store.cloneSnapshot(snapshot, name("clone")).id());
    whileOthers(
        CLOSE_ROUNDS,
        () -> {
          try {
            store.createSnapshot(clone.get(), name("s"));
          } catch (FileSystemException e) {
            assertTrue(Set.of(Errno.ENOENT, Errno.EEXIST).contains(e.errno()));
          }
        },
        () -> {
          store.deleteVolume(clone.get(), CloneDisposition.REFUSE);
          refused(Errno.ENOENT, () -> store.open(clone.get()));
          clone.set(store.cloneSnapshot(snapshot, name("clone")).id());
        });
  }

  private interface Step {
    void run() throws IOException;
  }

  /** Repeats something while another thread does something else all the time, which succeeds. */
  private static void whileOthers(Step always, Step repeated) throws Exception {
    whileOthers(ROUNDS, always, repeated);
  }

  private static void whileOthers(int rounds, Step always, Step repeated) throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Void> others =
        CompletableFuture.runAsync(
            () -> {
              try {
                while (!stop.get()) {
                  always.run();
                }
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    try {
      for (int i = 0; i < rounds && !others.isDone(); i++) {
        repeated.run();
      }
    } finally {
      stop.set(true);
      others.get(60, TimeUnit.SECONDS);
    }
  }
}

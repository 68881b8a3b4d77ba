package dev.brindle.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store's whole life in a few steps: what everything else rests on. */
class StoreSmokeTest {
  @TempDir Path directory;

  private static byte[] read(FileTree tree, long inode) throws Exception {
    byte[] bytes = new byte[(int) tree.getattr(inode).size()];
    ByteBuffer target = ByteBuffer.wrap(bytes);
    assertEquals(bytes.length, tree.read(inode, 0, target));
    return bytes;
  }

  @Test
  void store_closedAndReopened_keepsEverything() throws Exception {
    Path path = directory.resolve("store");
    byte[] small = "hello".getBytes();
    byte[] large = new byte[3 << 20];
    new Random(1).nextBytes(large);
    Store.create(path, StoreOptions.defaults());
    long volume;
    long snapshot;
    try (Store store = Store.open(path, StoreOptions.defaults())) {
      volume = store.createVolume(Name.of("main"), 0, 0).id();
      WritableFileTree tree = store.open(volume);
      long dir = tree.mkdir(1, Name.of("dir"), 0755, 1, 2).inode();
      long file = tree.create(dir, Name.of("small"), FileMode.REGULAR | 0644, 1, 2, 0).inode();
      tree.write(file, 0, ByteBuffer.wrap(small));
      long big = tree.create(dir, Name.of("large"), FileMode.REGULAR | 0644, 1, 2, 0).inode();
      tree.write(big, 0, ByteBuffer.wrap(large));
      assertArrayEquals(small, read(tree, file));
      assertArrayEquals(large, read(tree, big));
      tree.fsync(file, false);
      assertArrayEquals(small, read(tree, file));
      snapshot = store.createSnapshot(volume, Name.of("s")).version();
      tree.write(big, 5000, ByteBuffer.wrap(small));
      tree.unlink(dir, Name.of("small"));
      FileTree past = store.openSnapshot(snapshot);
      assertArrayEquals(small, read(past, file));
      assertArrayEquals(large, read(past, big));
    }
    try (Store store = Store.open(path, StoreOptions.defaults())) {
      WritableFileTree tree = store.open(volume);
      FileTree past = store.openSnapshot(snapshot);
      long dir = tree.lookup(1, Name.of("dir")).inode();
      long big = tree.lookup(dir, Name.of("large")).inode();
      byte[] changed = large.clone();
      System.arraycopy(small, 0, changed, 5000, small.length);
      assertArrayEquals(changed, read(tree, big));
      assertArrayEquals(large, read(past, big));
      assertArrayEquals(small, read(past, past.lookup(dir, Name.of("small")).inode()));
      assertThrows(FileSystemException.class, () -> tree.lookup(dir, Name.of("small")));
      List<String> names = new ArrayList<>();
      past.readdir(dir, 0, (name, inode, mode, cookie) -> names.add(name.toString()));
      assertEquals(2, names.size());
      VolumeInfo clone = store.cloneSnapshot(snapshot, Name.of("c"));
      WritableFileTree cloned = store.open(clone.id());
      cloned.write(big, 0, ByteBuffer.wrap(small));
      assertArrayEquals(large, read(past, big));
      store.deleteSnapshot(snapshot);
      store.deleteVolume(clone.id(), CloneDisposition.REFUSE);
      store.deleteVolume(volume, CloneDisposition.REFUSE);
      store.reclaim();
      assertEquals(0, store.status().liveBytes());
    }
  }

  @Test
  void manyFiles_createdAndRemoved_leaveNothing() throws Exception {
    Path path = directory.resolve("store");
    Store.create(path, StoreOptions.defaults());
    try (Store store = Store.open(path, StoreOptions.defaults())) {
      WritableFileTree tree = store.open(store.createVolume(Name.of("main"), 0, 0).id());
      for (int i = 0; i < 50_000; i++) {
        tree.create(1, Name.of("file-" + i), FileMode.REGULAR | 0644, 1, 2, 0);
      }
      for (int i = 0; i < 50_000; i++) {
        tree.lookup(1, Name.of("file-" + i));
      }
      for (int i = 0; i < 50_000; i++) {
        tree.unlink(1, Name.of("file-" + i));
      }
      assertEquals(0, tree.getattr(1).size());
    }
  }
}

package dev.brindle.store.volume;

import dev.brindle.store.FileTree;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The tree that a range is copied from. Its extents stay where they are while it is looked at: a
 * snapshot is held, a head is locked.
 *
 * @param head null for a snapshot
 */
record CopySource(FileTree tree, TreeView view, @Nullable Head head) {
  static CopySource of(FileTree tree) {
    if (tree instanceof VolumeTree volume) {
      return new CopySource(tree, volume.head().view(), volume.head());
    }
    if (tree instanceof SnapshotTree snapshot) {
      return new CopySource(tree, snapshot.view(), null);
    }
    throw new IllegalArgumentException("no tree of this store: " + tree);
  }

  /** What memory knows of a file that the tree does not; null for nothing. */
  @Nullable FileState state(long inode) {
    return head == null ? null : head.state(inode);
  }

  /** Keeps an inode from going, and with it the snapshot that it is in. */
  void hold(long inode) throws IOException {
    tree.hold(inode);
  }

  void release(long inode) throws IOException {
    tree.release(inode);
  }
}

package dev.brindle.namespace;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import java.io.IOException;

/**
 * The rule that a snapshot opens no door that has been closed since: a directory inside a snapshot
 * gives nobody more than the same directory gives him now.
 *
 * <p>The kernel checks every directory on a path by the mode it is shown. So the mode of a
 * directory in a snapshot is shown without the permission bits that the directory (the same inode)
 * lacks in the volume today; and when it was moved since, also without those of a class of users
 * that cannot get through the directories it is in now. Whoever owned the directory then and still
 * does keeps his bits, and the superuser is not bound by any. What was deleted since is limited by
 * the directories it was in.
 *
 * <p>Only directories are limited: they are what closes a tree, and a file in a snapshot shows its
 * mode as it was, so that it is restored with it. A file whose own mode was narrowed stays as
 * readable in older snapshots as it was then, for those who get through its directories.
 *
 * <p>When owner or group have changed, a class of then cannot be mapped to one of now; it gets what
 * all others have now.
 */
final class SnapshotPermissions {
  private static final int BITS_ALL = 7;
  private static final int SEARCH = 1;
  private static final int RWX_MASK = 0777;

  private SnapshotPermissions() {}

  /** The mode to show for what a snapshot says of an inode. */
  static int shownMode(View view, InodeAttributes then) throws IOException {
    if (!view.isSnapshot() || !then.isDirectory()) {
      return then.mode();
    }
    FileTree live = view.liveTree();
    InodeAttributes now;
    try {
      now = live.getattr(then.inode());
    } catch (FileSystemException e) {
      if (e.errno() == Errno.ENOENT) {
        return then.mode();
      }
      throw e;
    }
    if (now.linkCount() == 0) {
      return then.mode();
    }
    int limit = limitBy(then, now) & limitByPlace(view, live, then);
    if (then.uid() == now.uid()) {
      limit |= BITS_ALL << 6;
    }
    return then.mode() & (limit | ~RWX_MASK);
  }

  private static int limitBy(InodeAttributes then, InodeAttributes now) {
    int others = now.mode() & BITS_ALL;
    int owner = then.uid() == now.uid() ? BITS_ALL : others;
    int group = then.gid() == now.gid() ? now.mode() >> 3 & BITS_ALL : others;
    return owner << 6 | group << 3 | others;
  }

  /** What the directories above leave of it, when they are others than those in the snapshot. */
  private static int limitByPlace(View view, FileTree live, InodeAttributes then)
      throws IOException {
    int limit = RWX_MASK;
    try {
      long above = live.parent(then.inode());
      if (above == view.tree().parent(then.inode())) {
        return limit;
      }
      while (true) {
        limit &= limitBySearch(then, live.getattr(above));
        if (above == FileTree.ROOT_INODE) {
          return limit;
        }
        above = live.parent(above);
      }
    } catch (FileSystemException e) {
      if (e.errno() == Errno.ENOENT) {
        // moved or removed while we looked: nothing is granted until the next look
        return 0;
      }
      throw e;
    }
  }

  private static int limitBySearch(InodeAttributes then, InodeAttributes above) {
    int searchable = limitBy(then, above) & (SEARCH << 6 | SEARCH << 3 | SEARCH);
    return searchable * BITS_ALL;
  }
}

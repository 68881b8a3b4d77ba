package dev.brindle.namespace;

import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.PosixAcl;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rule that a snapshot opens no door that has been closed since: a directory inside a snapshot
 * gives nobody more than the same directory gives him now.
 *
 * <p>The kernel checks every directory on a path by the mode and the access control list it is
 * shown. So those of a directory in a snapshot are shown without the permissions that the directory
 * (the same inode) lacks in the volume today; and when it was moved since, also without those of a
 * class of users that cannot get through the directories it is in now. Whoever owned the directory
 * then and still does keeps his bits, and the superuser is not bound by any. Of what was removed
 * since, today is the last snapshot that has it, with its permissions and its place: what became of
 * those after that, before it was removed, is not known.
 *
 * <p>Nor does it open one that was closed then and is open now: {@code .snapshots} leads into the
 * middle of the past, and the directories above it there are not on the kernel's path. What one of
 * them withheld, and does not withhold on the way there is today, the directory is shown without.
 *
 * <p>Only directories are limited: they are what closes a tree, and a file in a snapshot shows its
 * permissions as they were, so that it is restored with them. A file whose own were narrowed stays
 * as readable in older snapshots as it was then, for those who get through its directories.
 *
 * <p>When owner or group have changed, a class of then cannot be mapped to one of now; it gets what
 * everybody has now. The same goes for whoever a list of then or of now names and the other does
 * not.
 */
final class SnapshotPermissions {
  private static final int BITS_ALL = 7;
  private static final int SEARCH_ALL = 0111;

  private SnapshotPermissions() {}

  /** Whether a snapshot shows other permissions of an inode than it holds. */
  static boolean limits(View view, InodeAttributes then) {
    return view.isSnapshot() && then.isDirectory();
  }

  /** The list, or what the mode says as one, that is kept of an inode. */
  static PosixAcl kept(FileTree tree, InodeAttributes inode) throws IOException {
    if (inode.hasAccessAcl()) {
      try {
        return PosixAcl.decode(tree.getxattr(inode.inode(), PosixAcl.ACCESS));
      } catch (FileSystemException e) {
        if (e.errno() != Errno.ENODATA) {
          throw e;
        }
      }
    }
    return PosixAcl.ofMode(inode.mode());
  }

  /** What to show of a directory of a snapshot. */
  static PosixAcl shown(View view, InodeAttributes then) throws IOException {
    PosixAcl acl = kept(view.tree(), then);
    try {
      return limited(view, then, acl);
    } catch (FileSystemException e) {
      if (e.errno() == Errno.ENOENT) {
        // moved or removed while we looked: nothing is granted until the next look
        return acl.limitedTo(BITS_ALL << 6);
      }
      throw e;
    }
  }

  private static PosixAcl limited(View view, InodeAttributes then, PosixAcl acl)
      throws IOException {
    Look look = new Look(view);
    Today today = look.today(then.inode());
    InodeAttributes now = today.attributes;
    PosixAcl aclNow = today.acl();
    boolean sameOwner = then.uid() == now.uid();
    boolean sameGroup = then.gid() == now.gid();
    PosixAcl narrowed = sameGroup && acl.equals(aclNow) ? acl : acl.narrowedBy(aclNow, sameGroup);
    List<Long> placeThen = placeThen(view.tree(), then.inode());
    List<Long> placeNow = placeNow(look, then.inode());
    int limit =
        limitByPlaceNow(look, then, placeThen, placeNow)
            & limitByPlaceThen(look, then, placeThen, placeNow);
    int forOwner = sameOwner ? BITS_ALL : limit >> 6 & aclNow.lowest();
    return narrowed.limitedTo(limit & ~(BITS_ALL << 6) | forOwner << 6);
  }

  /**
   * What stands for a directory of a snapshot today.
   *
   * @param tree the volume's, or that of the last snapshot that has it when it was removed
   */
  private record Today(FileTree tree, InodeAttributes attributes) {
    PosixAcl acl() throws IOException {
      return kept(tree, attributes);
    }
  }

  /** One look at a directory of a snapshot and at those above it, which asks for each once. */
  private static final class Look {
    final View view;
    private final Map<Long, Today> found = new HashMap<>();
    private @Nullable List<Long> later;

    Look(View view) {
      this.view = view;
    }

    Today today(long inode) throws IOException {
      Today known = found.get(inode);
      if (known == null) {
        FileTree live = view.liveTree();
        InodeAttributes attributes = find(live, inode);
        FileTree tree = attributes == null ? lastWith(inode) : live;
        known = new Today(tree, attributes == null ? tree.getattr(inode) : attributes);
        found.put(inode, known);
      }
      return known;
    }

    /** The last snapshot that has an inode: it was there in all until it was removed. */
    private FileTree lastWith(long inode) throws IOException {
      List<Long> snapshots = later == null ? view.laterSnapshots() : later;
      later = snapshots;
      FileTree last = view.tree();
      int from = 0;
      int to = snapshots.size();
      while (from < to) {
        int middle = (from + to) / 2;
        FileTree tree = view.snapshot(snapshots.get(middle));
        if (find(tree, inode) != null) {
          last = tree;
          from = middle + 1;
        } else {
          to = middle;
        }
      }
      return last;
    }
  }

  /** An inode that has a place in a tree; null for one that was removed. */
  private static @Nullable InodeAttributes find(FileTree tree, long inode) throws IOException {
    try {
      InodeAttributes found = tree.getattr(inode);
      return found.linkCount() > 0 ? found : null;
    } catch (FileSystemException e) {
      if (e.errno() == Errno.ENOENT) {
        return null;
      }
      throw e;
    }
  }

  /** The directories above one then, from its parent on. */
  private static List<Long> placeThen(FileTree tree, long inode) throws IOException {
    List<Long> place = new ArrayList<>();
    for (long at = inode; at != FileTree.ROOT_INODE; ) {
      long next = tree.parent(at);
      if (next == at) {
        throw new FileSystemException(Errno.ENOENT);
      }
      place.add(next);
      at = next;
    }
    return place;
  }

  /**
   * The directories above one today, from its parent on; up to one that no place leads to, as it is
   * removed just now. Above what was removed stands what was above it last.
   */
  private static List<Long> placeNow(Look look, long inode) throws IOException {
    List<Long> place = new ArrayList<>();
    for (long at = inode; at != FileTree.ROOT_INODE; ) {
      long next = look.today(at).tree.parent(at);
      if (next == at) {
        break;
      }
      place.add(next);
      at = next;
    }
    return place;
  }

  /** The root has none. */
  private static long parent(List<Long> place) {
    return place.isEmpty() ? 0 : place.get(0);
  }

  /** What the directories above leave of it today, when the first is another than then. */
  private static int limitByPlaceNow(
      Look look, InodeAttributes then, List<Long> placeThen, List<Long> placeNow)
      throws IOException {
    int limit = FileMode.ACCESS_MASK;
    if (parent(placeNow) == parent(placeThen)) {
      return limit;
    }
    for (long inode : placeNow) {
      Today directory = look.today(inode);
      limit &= limitBySearch(then, directory.attributes, directory.acl());
    }
    // no place leads to it any more
    return placeNow.contains(FileTree.ROOT_INODE) ? limit : 0;
  }

  /** What the directories above left of it then, those that let as few through today left out. */
  private static int limitByPlaceThen(
      Look look, InodeAttributes then, List<Long> placeThen, List<Long> placeNow)
      throws IOException {
    int limit = FileMode.ACCESS_MASK;
    FileTree tree = look.view.tree();
    for (long inode : placeThen) {
      InodeAttributes directory = tree.getattr(inode);
      PosixAcl acl = kept(tree, directory);
      if (!placeNow.contains(inode) || !isAsOpenAs(directory, acl, look.today(inode))) {
        limit &= limitBySearch(then, directory, acl);
      }
    }
    return limit;
  }

  /** Whether today's directory lets nobody through whom that of then did not let through. */
  private static boolean isAsOpenAs(InodeAttributes then, PosixAcl aclThen, Today today)
      throws IOException {
    InodeAttributes now = today.attributes;
    if (then.uid() != now.uid() || then.gid() != now.gid()) {
      return false;
    }
    PosixAcl aclNow = today.acl();
    int opened = aclNow.mode() & ~aclThen.mode() & SEARCH_ALL;
    return aclThen.equals(aclNow) || (aclThen.isMinimal() && aclNow.isMinimal() && opened == 0);
  }

  private static int limitBySearch(InodeAttributes then, InodeAttributes above, PosixAcl acl) {
    // whoever is of the others there may be in the group here
    int others = acl.lowest();
    int owner = then.uid() == above.uid() ? BITS_ALL : others;
    int group = acl.isMinimal() && then.gid() == above.gid() ? acl.mode() >> 3 : others;
    int searchable = (owner << 6 | (group & BITS_ALL) << 3 | others) & SEARCH_ALL;
    return searchable * BITS_ALL;
  }
}

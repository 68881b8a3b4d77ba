package dev.brindle.namespace;

import dev.brindle.store.DirectoryVisitor;
import dev.brindle.store.FileMode;
import dev.brindle.store.Name;
import java.util.Optional;

/**
 * Which names stand for a virtual directory, and where: {@code .snapshots} in every directory of a
 * volume, {@code .clones} in the root of a volume and of a snapshot. A directory inside a snapshot
 * has no {@code .snapshots}: it is itself the past, and a tree that never ends would be in the way
 * of every program that walks it.
 */
record VirtualNames(SnapshotVisibility visibility) {
  static final Name SNAPSHOTS = Name.of(".snapshots");
  static final Name CLONES = Name.of(".clones");

  /** Where a listed {@code .snapshots} stands among a directory's entries; {@code ..} has 2. */
  private static final long SNAPSHOTS_COOKIE = 3;

  private static final long CLONES_COOKIE = 4;

  boolean enabled() {
    return visibility != SnapshotVisibility.DISABLED;
  }

  /**
   * What a name is kept for in a directory. It is so also while virtual directories are disabled: a
   * file of that name could not be reached any more when they are enabled again.
   */
  Optional<NodeKind> reserved(Node directory, Name name) {
    if (name.equals(SNAPSHOTS) && hasSnapshots(directory)) {
      return Optional.of(NodeKind.SNAPSHOTS);
    }
    if (name.equals(CLONES) && directory.isRoot()) {
      return Optional.of(NodeKind.CLONES);
    }
    return Optional.empty();
  }

  /**
   * Visits those that readdir lists.
   *
   * @return where the tree's own entries go on; negative when the visitor has enough
   */
  long list(Node directory, long cookie, DirectoryVisitor visitor) {
    if (visibility != SnapshotVisibility.VISIBLE) {
      return cookie;
    }
    if (hasSnapshots(directory)
        && cookie < SNAPSHOTS_COOKIE
        && !visit(directory, NodeKind.SNAPSHOTS, SNAPSHOTS, SNAPSHOTS_COOKIE, visitor)) {
      return -1;
    }
    if (directory.isRoot()
        && cookie < CLONES_COOKIE
        && !visit(directory, NodeKind.CLONES, CLONES, CLONES_COOKIE, visitor)) {
      return -1;
    }
    return Math.max(cookie, CLONES_COOKIE);
  }

  private static boolean visit(
      Node directory, NodeKind kind, Name name, long cookie, DirectoryVisitor visitor) {
    long inode = directory.virtual(kind).shownInode();
    return visitor.visit(name, inode, FileMode.DIRECTORY, cookie);
  }

  private static boolean hasSnapshots(Node directory) {
    return !directory.isVirtual() && !directory.view().isSnapshot();
  }
}

package dev.brindle.namespace;

import dev.brindle.store.DirectoryVisitor;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.PosixAcl;
import java.io.IOException;
import java.util.Optional;

/**
 * How the trees of a mount and its virtual directories hang together: what a name leads to, what is
 * above, what is listed, what {@code stat} shows.
 */
final class Layout {
  private static final Name DOT = Name.of(".");
  private static final Name DOT_DOT = Name.of("..");
  private static final long DOT_COOKIE = 1;
  private static final long DOT_DOT_COOKIE = 2;

  private final VersionedStore store;
  private final ViewTable views;
  private final VirtualNames names;
  private final boolean obeysAcls;
  private final ListTimes times = new ListTimes();

  /**
   * @param obeysAcls whether the kernel asks for access control lists and obeys them; else it is
   *     shown modes that give nobody more than the lists do
   */
  Layout(VersionedStore store, ViewTable views, VirtualNames names, boolean obeysAcls) {
    this.store = store;
    this.views = views;
    this.names = names;
    this.obeysAcls = obeysAcls;
  }

  VirtualDirectory virtual(Node node) {
    return switch (node.kind()) {
      case SNAPSHOTS -> new SnapshotDirectory(store, times, views, node);
      case CLONES -> new CloneDirectory(store, times, views, node);
      case INODE -> throw new IllegalStateException("inode " + node.inode() + " is in a tree");
    };
  }

  Entry entry(Node node) throws IOException {
    if (node.isVirtual()) {
      return new Entry(node.number(), virtual(node).attributes());
    }
    return entry(node.view(), node.view().tree().getattr(node.inode()));
  }

  /** An inode of a tree as the mount shows it. */
  Entry entry(View view, InodeAttributes found) throws IOException {
    Node node = new Node(view, NodeKind.INODE, found.inode());
    return new Entry(node.number(), found.shownAs(node.shownInode(), shownMode(view, found)));
  }

  private int shownMode(View view, InodeAttributes found) throws IOException {
    boolean limited = SnapshotPermissions.limits(view, found);
    if (!limited && (obeysAcls || !found.hasAccessAcl())) {
      return found.mode();
    }
    PosixAcl acl =
        limited
            ? SnapshotPermissions.shown(view, found)
            : SnapshotPermissions.kept(view.tree(), found);
    int mode = obeysAcls || acl.isMinimal() ? acl.mode() : acl.modeForAll();
    return found.mode() & ~FileMode.ACCESS_MASK | mode;
  }

  /**
   * Makes a version in a virtual directory; when it is gone, it shows as the directory it is of.
   */
  Entry make(Caller caller, Node directory, Name name) throws IOException {
    VirtualDirectory.Made made = virtual(directory).make(caller, name);
    try {
      return entry(made.node());
    } catch (FileSystemException e) {
      return gone(made.node(), made.host(), e);
    }
  }

  /** An inode that was just made in a tree, or given a name. */
  Entry made(View view, InodeAttributes made) throws IOException {
    try {
      return entry(view, made);
    } catch (FileSystemException e) {
      return gone(new Node(view, NodeKind.INODE, made.inode()), made, e);
    }
  }

  /** An inode without a name; where a list would decide, which may be gone, it is for nobody. */
  Entry removed(Node node, InodeAttributes left) {
    boolean plain = obeysAcls || !left.hasAccessAcl();
    int mode = plain ? left.mode() : left.mode() & FileMode.TYPE_MASK;
    return new Entry(node.number(), left.shownAs(node.shownInode(), mode));
  }

  /**
   * What another call has removed between its making and its being shown. It was made all the same,
   * and an error would say that it was not: ESTALE has the kernel make it once more. It shows
   * permissions for nobody.
   */
  private static Entry gone(Node node, InodeAttributes made, FileSystemException found)
      throws FileSystemException {
    if (found.errno() != Errno.ESTALE && found.errno() != Errno.ENOENT) {
      throw found;
    }
    return new Entry(
        node.number(), made.shownAs(node.shownInode(), made.mode() & FileMode.TYPE_MASK));
  }

  Entry lookup(Node directory, Name name) throws IOException {
    if (directory.isVirtual()) {
      return lookupVirtual(directory, name);
    }
    boolean dot = name.isDot();
    Optional<NodeKind> reserved = names.reserved(directory, name);
    if (dot || name.isDotDot() || (reserved.isPresent() && names.enabled())) {
      requireDirectory(directory);
      return entry(
          dot
              ? directory
              : reserved.isPresent() ? directory.virtual(reserved.get()) : parent(directory));
    }
    View view = directory.view();
    return entry(view, view.tree().lookup(directory.inode(), name));
  }

  private Entry lookupVirtual(Node directory, Name name) throws IOException {
    if (name.isDot() || name.isDotDot()) {
      return entry(name.isDot() ? directory : parent(directory));
    }
    Optional<Node> found = virtual(directory).lookup(name);
    if (found.isEmpty()) {
      throw new FileSystemException(Errno.ENOENT);
    }
    return entry(found.get());
  }

  /** The directory above a directory; the mounted root is its own. */
  private Node parent(Node directory) throws IOException {
    if (directory.isVirtual()) {
      return directory.host();
    }
    View view = directory.view();
    if (!directory.isRoot()) {
      return directory.sibling(view.tree().parent(directory.inode()));
    }
    if (view.isMounted()) {
      return directory;
    }
    if (view.isSnapshot()) {
      return volumeRoot(view.volume()).virtual(NodeKind.SNAPSHOTS);
    }
    Long above = store.volume(view.volume()).parentVolume();
    return above == null ? directory : volumeRoot(above).virtual(NodeKind.CLONES);
  }

  private Node volumeRoot(long volume) throws IOException {
    return views.volume(volume).root();
  }

  void list(Handle handle, long cookie, DirectoryVisitor visitor) throws IOException {
    Node directory = handle.node();
    if (cookie < DOT_COOKIE
        && !visitor.visit(DOT, directory.shownInode(), FileMode.DIRECTORY, DOT_COOKIE)) {
      return;
    }
    if (cookie < DOT_DOT_COOKIE) {
      long above = parent(directory).shownInode();
      if (!visitor.visit(DOT_DOT, above, FileMode.DIRECTORY, DOT_DOT_COOKIE)) {
        return;
      }
    }
    if (directory.isVirtual()) {
      virtual(directory).list(cookie, visitor);
      return;
    }
    long from = names.list(directory, cookie, visitor);
    if (from >= 0) {
      listTree(directory, handle.tree(), from, visitor);
    }
  }

  private static void listTree(Node directory, FileTree tree, long cookie, DirectoryVisitor visitor)
      throws IOException {
    tree.readdir(
        directory.inode(),
        cookie,
        (name, inode, mode, next) ->
            visitor.visit(name, directory.sibling(inode).shownInode(), mode, next));
  }

  /** Refuses to give a file a name that stands for a virtual directory. */
  void requireFree(Node directory, Name name) throws FileSystemException {
    if (names.reserved(directory, name).isPresent()) {
      throw new FileSystemException(
          names.enabled() ? Errno.EEXIST : Errno.EPERM,
          "the name " + name + " is kept for versions");
    }
  }

  /** Whether a name leads to a virtual directory. */
  boolean isVirtual(Node directory, Name name) {
    return names.enabled() && names.reserved(directory, name).isPresent();
  }

  /** Whether no file can have a name. */
  boolean isReserved(Node directory, Name name) {
    return names.reserved(directory, name).isPresent();
  }

  private static void requireDirectory(Node node) throws IOException {
    if (!node.view().tree().getattr(node.inode()).isDirectory()) {
      throw new FileSystemException(Errno.ENOTDIR);
    }
  }
}

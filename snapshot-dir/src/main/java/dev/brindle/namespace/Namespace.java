package dev.brindle.namespace;

import dev.brindle.namespace.Handle.Use;
import dev.brindle.store.AttributeChange;
import dev.brindle.store.DirectoryVisitor;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.FileTree.Seek;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.InodeFlags;
import dev.brindle.store.Name;
import dev.brindle.store.PosixAcl;
import dev.brindle.store.SpaceStatistics;
import dev.brindle.store.Store;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.FallocateMode;
import dev.brindle.store.WritableFileTree.RenameMode;
import dev.brindle.store.WritableFileTree.XattrMode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The namespace of one mount: sends each operation to the tree or the virtual directory that its
 * node stands for. It has no lock of its own and is safe for any number of threads.
 *
 * <p>It holds the mounted volume's root, so that a mounted volume is not deleted; {@link #close}
 * ends that, and what handles are left.
 */
public final class Namespace implements InodeFileSystem, Closeable {
  /**
   * How long a written file may still be laid out anew: its dirty pages reach the log meanwhile.
   * And how long ago the change of an inode was answered for certain: a kernel may take the answer
   * to its own change for newer than what another mount has done since.
   */
  private static final long SETTLING_SECONDS = 5;

  private final VersionedStore store;
  private final NamespaceOptions options;
  private final ViewTable views;
  private final Layout layout;
  private final Changes changes;
  private final HandleTable handles = new HandleTable();

  /** What keeps the mounted volume from being deleted; null after the end. */
  private final AtomicReference<@Nullable Handle> mount;

  private Namespace(
      VersionedStore store,
      NamespaceOptions options,
      ViewTable views,
      ChangeFeed feed,
      Handle mount) {
    this.store = store;
    this.options = options;
    this.views = views;
    this.changes = new Changes(feed, views);
    this.layout =
        new Layout(store, views, new VirtualNames(options.visibility()), options.obeysAcls());
    this.mount = new AtomicReference<>(mount);
  }

  /**
   * The namespace of a volume that is to be mounted.
   *
   * @param feed that of all mounts of the store
   * @throws FileSystemException ESTALE when there is no such volume
   */
  public static Namespace open(
      Store store, long volume, NamespaceOptions options, KernelCache kernelCache, ChangeFeed feed)
      throws IOException {
    return open(new StoreAdapter(store, kernelCache), volume, options, feed);
  }

  static Namespace open(
      VersionedStore store, long volume, NamespaceOptions options, ChangeFeed feed)
      throws IOException {
    ViewTable views = new ViewTable(store, volume);
    Node root = views.mounted().root();
    Handle mount = Handle.open(root, root.view().tree(), Use.LIST);
    return new Namespace(store, options, views, feed, mount);
  }

  /** Ends all handles that are left and lets go of the volume; a second call does nothing. */
  @Override
  public void close() throws IOException {
    Handle held = mount.getAndSet(null);
    if (held != null) {
      changes.leave();
      try {
        handles.releaseAll();
      } finally {
        held.release();
      }
    }
  }

  @Override
  public Entry lookup(long parent, Name name) throws IOException {
    return layout.lookup(views.node(parent), name);
  }

  @Override
  public boolean isVolatile(long directory) {
    return NodeNumber.kind(directory) != NodeKind.INODE.ordinal();
  }

  @Override
  public boolean isUnsettled(Entry entry) {
    InodeAttributes attributes = entry.attributes();
    return views.isOfSnapshot(entry.node()) ? attributes.isDirectory() : isYoung(attributes);
  }

  private static boolean isYoung(InodeAttributes attributes) {
    long seconds = System.currentTimeMillis() / 1000;
    return seconds - attributes.changeTime().seconds() < SETTLING_SECONDS;
  }

  @Override
  public void listen(ChangeListener listener) {
    changes.listen(listener);
  }

  @Override
  public Entry getattr(long node) throws IOException {
    return layout.entry(views.node(node));
  }

  @Override
  public Entry setattr(Caller caller, long node, AttributeChange change) throws IOException {
    Node at = views.node(node);
    WritableFileTree tree = changeable(at);
    try {
      InodeAttributes changed = tree.setattr(at.inode(), change);
      return layout.entry(at.view(), changed);
    } finally {
      if (change.size() == null) {
        changes.attributes(at);
      } else {
        changes.size(at);
      }
    }
  }

  @Override
  public boolean dropSetIds(long node) throws IOException {
    InodeAttributes attributes = getattr(node).attributes();
    int mode = attributes.mode();
    if (!attributes.isRegular() || FileMode.withoutSetIds(mode) == mode) {
      return false;
    }
    Node at = views.node(node);
    boolean had = changeable(at).dropSetIds(at.inode());
    changes.attributes(at);
    return had;
  }

  @Override
  public void setFlags(Caller caller, long node, int flags) throws IOException {
    Node at = views.node(node);
    changeable(at).setFlags(at.inode(), flags);
    changes.attributes(at);
  }

  @Override
  public byte[] readlink(long node) throws IOException {
    Node at = views.node(node);
    if (at.isVirtual()) {
      throw new FileSystemException(Errno.EINVAL);
    }
    FileTree tree = at.view().tree();
    byte[] target = tree.readlink(at.inode());
    noteAccess(at, tree);
    return target;
  }

  @Override
  public Entry mknod(Caller caller, long parent, Name name, int mode, int device)
      throws IOException {
    Node at = views.node(parent);
    WritableFileTree tree = treeForNew(at, name);
    InodeAttributes made =
        tree.create(at.inode(), name, mode, caller.umask(), caller.uid(), caller.gid(), device);
    return entryOfNew(at, name, made);
  }

  @Override
  public Entry mkdir(Caller caller, long parent, Name name, int mode) throws IOException {
    Node at = views.node(parent);
    if (at.isVirtual()) {
      return layout.make(caller, at, name);
    }
    WritableFileTree tree = treeForNew(at, name);
    InodeAttributes made =
        tree.mkdir(at.inode(), name, mode, caller.umask(), caller.uid(), caller.gid());
    return entryOfNew(at, name, made);
  }

  @Override
  public Entry symlink(Caller caller, long parent, Name name, byte[] target) throws IOException {
    Node at = views.node(parent);
    WritableFileTree tree = treeForNew(at, name);
    InodeAttributes made = tree.symlink(at.inode(), name, target, caller.uid(), caller.gid());
    return entryOfNew(at, name, made);
  }

  private Entry entryOfNew(Node directory, Name name, InodeAttributes made) throws IOException {
    changes.entry(directory, name, null);
    return layout.made(directory.view(), made);
  }

  @Override
  public Entry link(Caller caller, long node, long newParent, Name newName) throws IOException {
    Node at = views.node(node);
    Node target = views.node(newParent);
    if (at.isVirtual() || target.isVirtual()) {
      throw new FileSystemException(Errno.EPERM);
    }
    if (at.view() != target.view()) {
      throw new FileSystemException(Errno.EXDEV);
    }
    WritableFileTree tree = treeForNew(target, newName);
    InodeAttributes linked = tree.link(at.inode(), target.inode(), newName);
    changes.attributes(at);
    return entryOfNew(target, newName, linked);
  }

  @Override
  public @Nullable Removed unlink(Caller caller, long parent, Name name) throws IOException {
    Node at = views.node(parent);
    if (at.isVirtual()) {
      layout.lookup(at, name);
      throw new FileSystemException(Errno.EISDIR);
    }
    if (layout.isVirtual(at, name)) {
      throw new FileSystemException(Errno.EISDIR);
    }
    WritableFileTree tree = at.view().writableTree();
    InodeAttributes before = changes.before(at, name);
    InodeAttributes left = tree.unlink(at.inode(), name, true);
    changes.entry(at, name, before);
    return removed(at, tree, left, !left.isRegular());
  }

  @Override
  public @Nullable Removed rmdir(Caller caller, long parent, Name name) throws IOException {
    Node at = views.node(parent);
    if (at.isVirtual()) {
      layout.virtual(at).remove(caller, name);
      return null;
    }
    if (layout.isVirtual(at, name)) {
      throw new FileSystemException(Errno.EPERM);
    }
    WritableFileTree tree = at.view().writableTree();
    InodeAttributes before = changes.before(at, name);
    InodeAttributes left = tree.rmdir(at.inode(), name, true);
    changes.entry(at, name, before);
    return removed(at, tree, left, true);
  }

  @Override
  public @Nullable Removed rename(
      Caller caller, long parent, Name name, long newParent, Name newName, RenameMode mode)
      throws IOException {
    Node from = views.node(parent);
    Node to = views.node(newParent);
    if (from.isVirtual() && to.isVirtual()) {
      layout.virtual(from).rename(caller, name, layout.virtual(to), newName, mode);
      return null;
    }
    if (to.isVirtual() || layout.isVirtual(from, name)) {
      throw new FileSystemException(Errno.EPERM);
    }
    if (from.view() != to.view() || from.isVirtual()) {
      throw new FileSystemException(Errno.EXDEV);
    }
    WritableFileTree tree = from.view().writableTree();
    if (layout.isReserved(to, newName)) {
      throw new FileSystemException(Errno.EPERM);
    }
    InodeAttributes moved = changes.before(from, name);
    InodeAttributes replaced = changes.before(to, newName);
    InodeAttributes left = tree.rename(from.inode(), name, to.inode(), newName, mode, true);
    changes.entry(from, name, moved);
    changes.entry(to, newName, replaced);
    changes.moved(to, newName, moved);
    if (mode == RenameMode.EXCHANGE) {
      changes.moved(from, name, replaced);
    }
    return left == null ? null : removed(to, tree, left, true);
  }

  /** What an inode is to the transport that has lost a name; it cannot fail any more. */
  private @Nullable Removed removed(
      Node directory, WritableFileTree tree, InodeAttributes left, boolean held) {
    if (left.linkCount() > 0) {
      return null;
    }
    Node node = directory.sibling(left.inode());
    long handle = held ? handles.add(new Handle(node, tree, Use.HOLD, false)) : Removed.NO_HANDLE;
    return new Removed(layout.removed(node, left), handle);
  }

  @Override
  public long open(long node, boolean writable) throws IOException {
    Node at = views.node(node);
    if (at.isVirtual()) {
      throw new FileSystemException(Errno.EISDIR);
    }
    FileTree tree = writable ? at.view().writableTree() : at.view().tree();
    InodeAttributes file = tree.getattr(at.inode());
    if (!file.isRegular()) {
      throw new FileSystemException(file.isDirectory() ? Errno.EISDIR : Errno.EINVAL);
    }
    if (writable && (file.flags() & InodeFlags.IMMUTABLE) != 0) {
      throw new FileSystemException(Errno.EPERM);
    }
    handles.refuseMore();
    return handles.add(Handle.open(at, tree, writable ? Use.WRITE : Use.READ));
  }

  @Override
  public OpenFile create(Caller caller, long parent, Name name, int mode, boolean writable)
      throws IOException {
    Node at = views.node(parent);
    WritableFileTree tree = treeForNew(at, name);
    handles.refuseMore();
    InodeAttributes made =
        tree.createHeld(at.inode(), name, mode, caller.umask(), caller.uid(), caller.gid());
    changes.entry(at, name, null);
    return opened(at, tree, made, writable ? Use.WRITE : Use.READ);
  }

  @Override
  public OpenFile createUnnamed(Caller caller, long directory, int mode) throws IOException {
    Node at = views.node(directory);
    WritableFileTree tree = changeable(at);
    handles.refuseMore();
    InodeAttributes made =
        tree.createUnnamed(at.inode(), mode, caller.umask(), caller.uid(), caller.gid());
    return opened(at, tree, made, Use.WRITE);
  }

  /**
   * A file that was made held. It cannot be gone, nor can its volume, which is not deleted while
   * something in it is held; an access control list that cannot be read is what is left to fail.
   */
  private OpenFile opened(Node directory, WritableFileTree tree, InodeAttributes made, Use use)
      throws IOException {
    Handle handle = new Handle(directory.sibling(made.inode()), tree, use, true);
    try {
      return new OpenFile(layout.entry(directory.view(), made), handles.add(handle));
    } catch (IOException | RuntimeException | Error e) {
      releaseAfter(e, handle);
      throw e;
    }
  }

  private static void releaseAfter(Throwable fault, Handle handle) {
    try {
      handle.release();
    } catch (IOException | RuntimeException e) {
      fault.addSuppressed(e);
    }
  }

  @Override
  public void stopNotingAccess(long handle) throws IOException {
    handles.stopNotingAccess(handle);
  }

  @Override
  public int read(long handle, long offset, ByteBuffer target) throws IOException {
    Handle file = handles.file(handle);
    int count = file.tree().read(file.node().inode(), offset, target);
    if (file.notesAccess()) {
      noteAccess(file.node(), file.tree());
    }
    return count;
  }

  @Override
  public void write(long handle, long offset, ByteBuffer source) throws IOException {
    Handle file = handles.file(handle);
    WritableFileTree tree = file.writableTree();
    try {
      tree.write(file.node().inode(), offset, source);
    } finally {
      changes.content(file.node());
    }
  }

  @Override
  public void writeBack(long handle, long offset, ByteBuffer source) throws IOException {
    Handle file = handles.file(handle);
    WritableFileTree tree = file.writableTree();
    try {
      tree.writeBack(file.node().inode(), offset, source);
    } finally {
      changes.content(file.node());
    }
  }

  @Override
  public long append(long handle, ByteBuffer source) throws IOException {
    Handle file = handles.file(handle);
    WritableFileTree tree = file.writableTree();
    try {
      return tree.append(file.node().inode(), source);
    } finally {
      changes.content(file.node());
    }
  }

  @Override
  public long seek(long handle, long offset, Seek whence) throws IOException {
    Handle file = handles.file(handle);
    return file.tree().seek(file.node().inode(), offset, whence);
  }

  @Override
  public long copyRange(long handle, long offset, long targetHandle, long targetOffset, long length)
      throws IOException {
    Handle source = handles.file(handle);
    Handle target = handles.file(targetHandle);
    long inode = target.node().inode();
    WritableFileTree tree = target.writableTree();
    try {
      return tree.copyRange(
          source.tree(), source.node().inode(), offset, inode, targetOffset, length);
    } finally {
      changes.content(target.node());
    }
  }

  @Override
  public void fallocate(long handle, FallocateMode mode, long offset, long length)
      throws IOException {
    Handle file = handles.file(handle);
    WritableFileTree tree = file.writableTree();
    try {
      tree.fallocate(file.node().inode(), mode, offset, length);
    } finally {
      changes.content(file.node());
    }
  }

  @Override
  public void fsync(long handle, boolean dataOnly) throws IOException {
    fsync(handles.file(handle), dataOnly);
  }

  @Override
  public void release(long handle) throws IOException {
    handles.file(handle);
    handles.release(handle);
  }

  @Override
  public long opendir(long node) throws IOException {
    Node at = views.node(node);
    FileTree tree = at.view().tree();
    if (!layout.entry(at).attributes().isDirectory()) {
      throw new FileSystemException(Errno.ENOTDIR);
    }
    handles.refuseMore();
    return handles.add(Handle.open(at, tree, Use.LIST));
  }

  @Override
  public void readdir(long handle, long cookie, DirectoryVisitor visitor) throws IOException {
    Handle directory = handles.directory(handle);
    layout.list(directory, cookie, visitor);
    if (cookie == 0 && directory.notesAccess() && !directory.node().isVirtual()) {
      noteAccess(directory.node(), directory.tree());
    }
  }

  @Override
  public void fsyncdir(long handle, boolean dataOnly) throws IOException {
    fsync(handles.directory(handle), dataOnly);
  }

  @Override
  public void releasedir(long handle) throws IOException {
    handles.directory(handle);
    handles.release(handle);
  }

  @Override
  public byte[] getxattr(long node, Name name) throws IOException {
    Node at = views.node(node);
    if (at.isVirtual()) {
      throw new FileSystemException(Errno.ENODATA);
    }
    return name.equals(PosixAcl.ACCESS) && at.view().isSnapshot()
        ? shownAcl(at)
        : at.view().tree().getxattr(at.inode(), name);
  }

  /** A list as the past shows it: a directory's may have others since, or be no more than modes. */
  private static byte[] shownAcl(Node node) throws IOException {
    FileTree tree = node.view().tree();
    InodeAttributes then = tree.getattr(node.inode());
    if (!SnapshotPermissions.limits(node.view(), then)) {
      return tree.getxattr(node.inode(), PosixAcl.ACCESS);
    }
    PosixAcl shown = SnapshotPermissions.shown(node.view(), then);
    if (shown.isMinimal()) {
      throw new FileSystemException(Errno.ENODATA);
    }
    return shown.encode();
  }

  @Override
  public List<Name> listxattr(long node) throws IOException {
    Node at = views.node(node);
    return at.isVirtual() ? List.of() : at.view().tree().listxattr(at.inode());
  }

  @Override
  public void setxattr(Caller caller, long node, Name name, byte[] value, XattrMode mode)
      throws IOException {
    Node at = views.node(node);
    changeable(at).setxattr(at.inode(), name, value, mode);
    changes.attributes(at);
  }

  @Override
  public void removexattr(Caller caller, long node, Name name) throws IOException {
    Node at = views.node(node);
    changeable(at).removexattr(at.inode(), name);
    changes.attributes(at);
  }

  @Override
  public SpaceStatistics statfs(long node) throws IOException {
    return views.node(node).view().tree().statistics();
  }

  @Override
  public void sync() throws IOException {
    store.sync();
  }

  /**
   * The tree that an inode can be changed in: EPERM in a virtual directory, EROFS in a snapshot.
   */
  private static WritableFileTree changeable(Node node) throws IOException {
    if (node.isVirtual()) {
      throw new FileSystemException(Errno.EPERM);
    }
    return node.view().writableTree();
  }

  private WritableFileTree treeForNew(Node directory, Name name) throws IOException {
    WritableFileTree tree = changeable(directory);
    layout.requireFree(directory, name);
    return tree;
  }

  private static void fsync(Handle handle, boolean dataOnly) throws IOException {
    if (!handle.node().isVirtual()
        && handle.tree().isWritable()
        && handle.tree() instanceof WritableFileTree tree) {
      tree.fsync(handle.node().inode(), dataOnly);
    }
  }

  private void noteAccess(Node node, FileTree tree) throws IOException {
    if (!options.accessTimes() || !tree.isWritable()) {
      return;
    }
    if (tree instanceof WritableFileTree writable) {
      try {
        writable.touchAccessTime(node.inode());
      } catch (FileSystemException refused) {
        // a full or read-only store refuses the note; what was read is no less right
        return;
      }
    }
  }
}

package dev.brindle.namespace;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.DirectoryVisitor;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.PosixAcl;
import dev.brindle.store.SpaceStatistics;
import dev.brindle.store.Timestamp;
import dev.brindle.store.WritableFileTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A file tree in memory: a volume's head, or a snapshot, which is a copy of everything. */
final class FakeTree implements WritableFileTree {
  private final boolean writable;
  private final Map<Long, FakeInode> inodes = new HashMap<>();
  private final Map<Long, Integer> holds = new HashMap<>();
  private long version;
  private long nextInode = ROOT_INODE;
  private boolean deleted;

  FakeTree(long version, int uid, int gid) {
    this.version = version;
    this.writable = true;
    FakeInode root = add(FileMode.DIRECTORY | 0755, uid, gid);
    root.parent = root.number;
  }

  private FakeTree(long version, boolean writable, FakeTree origin) {
    this.version = version;
    this.writable = writable;
    this.nextInode = origin.nextInode;
    origin.inodes.forEach((number, inode) -> inodes.put(number, inode.copy()));
  }

  synchronized FakeTree copy(long copyVersion, boolean writableCopy) {
    return new FakeTree(copyVersion, writableCopy, this);
  }

  synchronized void setVersion(long newVersion) {
    version = newVersion;
  }

  /** EBUSY while something is held. */
  synchronized void delete() throws FileSystemException {
    if (!holds.isEmpty()) {
      throw new FileSystemException(Errno.EBUSY);
    }
    deleted = true;
  }

  @Override
  public synchronized long version() {
    return version;
  }

  @Override
  public boolean isWritable() {
    return writable;
  }

  @Override
  public synchronized InodeAttributes getattr(long inode) throws FileSystemException {
    return get(inode).attributes();
  }

  @Override
  public synchronized InodeAttributes lookup(long directory, Name name) throws FileSystemException {
    return child(directory, name).attributes();
  }

  @Override
  public synchronized long parent(long directory) throws FileSystemException {
    return directory(directory).parent;
  }

  @Override
  public void readdir(long directory, long cookie, DirectoryVisitor visitor)
      throws FileSystemException {
    for (Map.Entry<Name, FakeInode.Dentry> entry : entries(directory).entrySet()) {
      long inode = entry.getValue().inode();
      long next = entry.getValue().cookie();
      if (next > cookie && !visitor.visit(entry.getKey(), inode, type(inode), next)) {
        return;
      }
    }
  }

  private synchronized Map<Name, FakeInode.Dentry> entries(long directory)
      throws FileSystemException {
    return new java.util.LinkedHashMap<>(directory(directory).entries);
  }

  private synchronized int type(long inode) throws FileSystemException {
    return get(inode).mode & FileMode.TYPE_MASK;
  }

  @Override
  public synchronized byte[] readlink(long inode) throws FileSystemException {
    FakeInode link = get(inode);
    require(FileMode.isSymlink(link.mode), Errno.EINVAL);
    return link.data.clone();
  }

  @Override
  public synchronized int read(long inode, long offset, ByteBuffer target)
      throws FileSystemException {
    byte[] data = get(inode).data;
    int count = (int) Math.max(0, Math.min(target.remaining(), data.length - offset));
    if (count > 0) {
      target.put(data, (int) offset, count);
    }
    return count;
  }

  @Override
  public synchronized long seek(long inode, long offset, Seek whence) throws FileSystemException {
    int size = get(inode).data.length;
    require(offset < size, Errno.ENXIO);
    return whence == Seek.DATA ? offset : size;
  }

  @Override
  public synchronized byte[] getxattr(long inode, Name name) throws FileSystemException {
    byte[] value = get(inode).xattrs.get(name);
    require(value != null, Errno.ENODATA);
    return Objects.requireNonNull(value).clone();
  }

  @Override
  public synchronized List<Name> listxattr(long inode) throws FileSystemException {
    return List.copyOf(get(inode).xattrs.keySet());
  }

  @Override
  public synchronized void hold(long inode) throws FileSystemException {
    get(inode);
    holds.merge(inode, 1, Integer::sum);
  }

  @Override
  public synchronized void release(long inode) {
    Integer left = holds.merge(inode, -1, Integer::sum);
    if (left < 0) {
      throw new IllegalStateException("released more often than held: " + inode);
    }
    if (left == 0) {
      holds.remove(inode);
      dropIfUnused(inode);
    }
  }

  @Override
  public synchronized SpaceStatistics statistics() {
    return new SpaceStatistics(1 << 30, 1 << 29, 1 << 28, inodes.size());
  }

  @Override
  public synchronized InodeAttributes create(
      long directory, Name name, int mode, int umask, int uid, int gid, int device)
      throws FileSystemException {
    FakeInode parent = parentOfNew(directory, name);
    FakeInode made = add(mode & ~umask, uid, gid);
    made.device = device;
    parent.put(name, made.number);
    return made.attributes();
  }

  @Override
  public synchronized InodeAttributes createHeld(
      long directory, Name name, int mode, int umask, int uid, int gid) throws FileSystemException {
    InodeAttributes made = create(directory, name, FileMode.REGULAR | mode, umask, uid, gid, 0);
    hold(made.inode());
    return made;
  }

  @Override
  public synchronized InodeAttributes mkdir(
      long directory, Name name, int mode, int umask, int uid, int gid) throws FileSystemException {
    FakeInode parent = parentOfNew(directory, name);
    FakeInode made = add(FileMode.DIRECTORY | mode & ~umask & FileMode.PERMISSION_MASK, uid, gid);
    made.parent = directory;
    parent.links++;
    parent.put(name, made.number);
    return made.attributes();
  }

  @Override
  public synchronized InodeAttributes symlink(
      long directory, Name name, byte[] target, int uid, int gid) throws FileSystemException {
    FakeInode parent = parentOfNew(directory, name);
    FakeInode made = add(FileMode.SYMLINK | 0777, uid, gid);
    made.data = target.clone();
    parent.put(name, made.number);
    return made.attributes();
  }

  @Override
  public synchronized InodeAttributes link(long inode, long directory, Name name)
      throws FileSystemException {
    FakeInode linked = get(inode);
    require(!linked.isDirectory(), Errno.EPERM);
    parentOfNew(directory, name).put(name, inode);
    linked.links++;
    return linked.attributes();
  }

  @Override
  public synchronized InodeAttributes createUnnamed(
      long directory, int mode, int umask, int uid, int gid) throws FileSystemException {
    changeable();
    directory(directory);
    FakeInode made = add(FileMode.REGULAR | mode & ~umask, uid, gid);
    made.links = 0;
    hold(made.number);
    return made.attributes();
  }

  @Override
  public synchronized InodeAttributes unlink(long directory, Name name, boolean hold)
      throws FileSystemException {
    changeable();
    FakeInode file = child(directory, name);
    require(!file.isDirectory(), Errno.EISDIR);
    return remove(directory, name, file, hold && !FileMode.isRegular(file.mode));
  }

  @Override
  public synchronized InodeAttributes rmdir(long directory, Name name, boolean hold)
      throws FileSystemException {
    changeable();
    FakeInode removed = child(directory, name);
    require(removed.isDirectory(), Errno.ENOTDIR);
    require(removed.entries.isEmpty(), Errno.ENOTEMPTY);
    return remove(directory, name, removed, hold);
  }

  @Override
  public synchronized @Nullable InodeAttributes rename(
      long directory, Name name, long newDirectory, Name newName, RenameMode mode, boolean hold)
      throws FileSystemException {
    changeable();
    require(mode != RenameMode.EXCHANGE, Errno.EINVAL);
    FakeInode moved = child(directory, name);
    FakeInode.Dentry taken = directory(newDirectory).entries.get(newName);
    InodeAttributes left = null;
    if (taken != null) {
      require(mode == RenameMode.REPLACE, Errno.EEXIST);
      FakeInode replaced = get(taken.inode());
      if (replaced == moved) {
        return null;
      }
      require(!replaced.isDirectory() || moved.isDirectory(), Errno.EISDIR);
      require(replaced.entries.isEmpty(), Errno.ENOTEMPTY);
      left = remove(newDirectory, newName, replaced, hold);
    }
    get(directory).entries.remove(name);
    get(newDirectory).put(newName, moved.number);
    if (moved.isDirectory()) {
      moved.parent = newDirectory;
      get(directory).links--;
      get(newDirectory).links++;
    }
    return left;
  }

  @Override
  public synchronized boolean dropSetIds(long inode) throws FileSystemException {
    changeable();
    FakeInode changed = get(inode);
    int mode = FileMode.withoutSetIds(changed.mode);
    boolean had = FileMode.isRegular(mode) && mode != changed.mode;
    changed.mode = had ? mode : changed.mode;
    return had;
  }

  @Override
  public synchronized InodeAttributes setattr(long inode, AttributeChange change)
      throws FileSystemException {
    changeable();
    FakeInode changed = get(inode);
    if (change.mode() != null) {
      changed.mode = changed.mode & FileMode.TYPE_MASK | change.mode();
    }
    changed.uid = change.uid() != null ? change.uid() : changed.uid;
    changed.gid = change.gid() != null ? change.gid() : changed.gid;
    if (change.size() != null) {
      changed.data = Arrays.copyOf(changed.data, Math.toIntExact(change.size()));
    }
    changed.changeTime = Timestamp.now();
    return changed.attributes();
  }

  @Override
  public synchronized InodeAttributes setFlags(long inode, int flags) throws FileSystemException {
    changeable();
    get(inode).flags = flags;
    return get(inode).attributes();
  }

  @Override
  public synchronized void write(long inode, long offset, ByteBuffer source)
      throws FileSystemException {
    changeable();
    FakeInode file = get(inode);
    int count = source.remaining();
    file.data =
        Arrays.copyOf(file.data, Math.max(file.data.length, Math.toIntExact(offset) + count));
    source.get(file.data, (int) offset, count);
    file.touch();
  }

  @Override
  public void writeBack(long inode, long offset, ByteBuffer source) throws FileSystemException {
    write(inode, offset, source);
  }

  @Override
  public synchronized long append(long inode, ByteBuffer source) throws FileSystemException {
    long end = get(inode).data.length;
    write(inode, end, source);
    return end;
  }

  @Override
  public long copyRange(
      FileTree source, long sourceInode, long sourceOffset, long inode, long offset, long length)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(length, 1 << 20));
    source.read(sourceInode, sourceOffset, bytes);
    write(inode, offset, bytes.flip());
    return bytes.limit();
  }

  @Override
  public synchronized void fallocate(long inode, FallocateMode mode, long offset, long length)
      throws FileSystemException {
    changeable();
    FakeInode file = get(inode);
    if (mode == FallocateMode.ALLOCATE) {
      int size = Math.toIntExact(Math.max(file.data.length, offset + length));
      file.data = Arrays.copyOf(file.data, size);
    }
  }

  @Override
  public synchronized void setxattr(long inode, Name name, byte[] value, XattrMode mode)
      throws FileSystemException {
    changeable();
    FakeInode changed = get(inode);
    changed.xattrs.put(name, value.clone());
    if (name.equals(PosixAcl.ACCESS)) {
      int access = PosixAcl.decode(value).mode();
      changed.mode = changed.mode & ~FileMode.ACCESS_MASK | access;
    }
  }

  @Override
  public synchronized void removexattr(long inode, Name name) throws FileSystemException {
    changeable();
    require(get(inode).xattrs.remove(name) != null, Errno.ENODATA);
  }

  @Override
  public synchronized void touchAccessTime(long inode) throws FileSystemException {
    changeable();
    get(inode).accessTime = Timestamp.now();
  }

  @Override
  public synchronized void fsync(long inode, boolean dataOnly) throws FileSystemException {
    changeable();
    get(inode);
  }

  @Override
  public void sync() {}

  private FakeInode add(int mode, int uid, int gid) {
    FakeInode made = new FakeInode(nextInode++, mode, uid, gid);
    inodes.put(made.number, made);
    return made;
  }

  private InodeAttributes remove(long directory, Name name, FakeInode removed, boolean hold)
      throws FileSystemException {
    FakeInode parent = get(directory);
    parent.entries.remove(name);
    parent.touch();
    if (removed.isDirectory()) {
      parent.links--;
      removed.links = 0;
    } else {
      removed.links--;
    }
    if (hold && removed.links == 0) {
      hold(removed.number);
    }
    dropIfUnused(removed.number);
    return removed.attributes();
  }

  private void dropIfUnused(long inode) {
    FakeInode found = inodes.get(inode);
    if (found != null && found.links == 0 && !holds.containsKey(inode)) {
      inodes.remove(inode);
    }
  }

  private FakeInode parentOfNew(long directory, Name name) throws FileSystemException {
    changeable();
    FakeInode parent = directory(directory);
    require(parent.links > 0, Errno.ENOENT);
    require(name.length() <= Name.LENGTH_MAX, Errno.ENAMETOOLONG);
    require(!parent.entries.containsKey(name), Errno.EEXIST);
    return parent;
  }

  private FakeInode child(long directory, Name name) throws FileSystemException {
    FakeInode parent = directory(directory);
    require(name.length() <= Name.LENGTH_MAX, Errno.ENAMETOOLONG);
    FakeInode.Dentry entry = parent.entries.get(name);
    require(entry != null, Errno.ENOENT);
    return get(Objects.requireNonNull(entry).inode());
  }

  private FakeInode directory(long inode) throws FileSystemException {
    FakeInode found = get(inode);
    require(found.isDirectory(), Errno.ENOTDIR);
    return found;
  }

  private FakeInode get(long inode) throws FileSystemException {
    require(!deleted, Errno.ESTALE);
    FakeInode found = inodes.get(inode);
    require(found != null, Errno.ENOENT);
    return Objects.requireNonNull(found);
  }

  private void changeable() throws FileSystemException {
    require(writable, Errno.EROFS);
  }

  private static void require(boolean condition, Errno otherwise) throws FileSystemException {
    if (!condition) {
      throw new FileSystemException(otherwise);
    }
  }
}

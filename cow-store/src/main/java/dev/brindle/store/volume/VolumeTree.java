package dev.brindle.store.volume;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.DirectoryVisitor;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.SpaceStatistics;
import dev.brindle.store.WritableFileTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A volume's head as the file tree that the modules above see. */
final class VolumeTree implements WritableFileTree {
  private final Engine engine;
  private final Head head;
  private final DirectoryOperations directories;
  private final FileOperations files;
  private final AttributeOperations attributes;

  VolumeTree(Engine engine, Head head) {
    this.engine = engine;
    this.head = head;
    this.directories = new DirectoryOperations(engine, head);
    this.files = new FileOperations(engine, head);
    this.attributes = new AttributeOperations(engine, head, files);
  }

  Head head() {
    return head;
  }

  @Override
  public long version() {
    return head.version();
  }

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public InodeAttributes getattr(long inode) throws IOException {
    return engine.look(head, view -> engine.attributes(head, view.inode(inode)));
  }

  @Override
  public InodeAttributes lookup(long directory, Name name) throws IOException {
    return engine.look(
        head, view -> engine.attributes(head, view.inode(view.entry(directory, name).inode())));
  }

  @Override
  public long parent(long directory) throws IOException {
    return engine.look(head, view -> view.parent(directory));
  }

  @Override
  public void readdir(long directory, long cookie, DirectoryVisitor visitor) throws IOException {
    engine.look(head, view -> view.directory(directory));
    Listing.run(at -> engine.look(head, view -> view.list(directory, at)), cookie, visitor);
  }

  @Override
  public byte[] readlink(long inode) throws IOException {
    return engine.look(head, view -> view.readlink(inode));
  }

  @Override
  public int read(long inode, long offset, ByteBuffer target) throws IOException {
    if (offset < 0) {
      throw new FileSystemException(Errno.EINVAL);
    }
    return files.read(inode, offset, target);
  }

  @Override
  public long seek(long inode, long offset, Seek whence) throws IOException {
    return files.seek(inode, offset, whence);
  }

  @Override
  public byte[] getxattr(long inode, Name name) throws IOException {
    return engine.look(head, view -> view.getxattr(inode, name));
  }

  @Override
  public List<Name> listxattr(long inode) throws IOException {
    return engine.look(head, view -> view.listxattr(inode));
  }

  @Override
  public void hold(long inode) throws IOException {
    engine.look(
        head,
        view -> {
          head.attach(view.inode(inode)).hold();
          return true;
        });
  }

  @Override
  public void release(long inode) throws IOException {
    engine.removal().release(head, inode);
  }

  @Override
  public SpaceStatistics statistics() throws IOException {
    return engine.statistics(head.versionRow().inodeCount());
  }

  @Override
  public InodeAttributes create(
      long directory, Name name, int mode, int umask, int uid, int gid, int device)
      throws IOException {
    if (FileMode.isDirectory(mode) || FileMode.isSymlink(mode)) {
      throw new FileSystemException(Errno.EINVAL);
    }
    int type = (mode & FileMode.TYPE_MASK) == 0 ? FileMode.REGULAR : 0;
    return directories.create(directory, name, mode | type, umask, uid, gid, device, null);
  }

  @Override
  public InodeAttributes createHeld(
      long directory, Name name, int mode, int umask, int uid, int gid) throws IOException {
    int permissions = mode & FileMode.PERMISSION_MASK;
    return directories.createHeld(directory, name, FileMode.REGULAR | permissions, umask, uid, gid);
  }

  @Override
  public InodeAttributes mkdir(long directory, Name name, int mode, int umask, int uid, int gid)
      throws IOException {
    int permissions = mode & FileMode.PERMISSION_MASK;
    return directories.create(
        directory, name, FileMode.DIRECTORY | permissions, umask, uid, gid, 0, null);
  }

  @Override
  public InodeAttributes symlink(long directory, Name name, byte[] target, int uid, int gid)
      throws IOException {
    return directories.create(
        directory, name, FileMode.SYMLINK | 0777, 0, uid, gid, 0, target.clone());
  }

  @Override
  public InodeAttributes link(long inode, long directory, Name name) throws IOException {
    return directories.link(inode, directory, name);
  }

  @Override
  public InodeAttributes createUnnamed(long directory, int mode, int umask, int uid, int gid)
      throws IOException {
    int permissions = mode & FileMode.PERMISSION_MASK;
    return directories.createUnnamed(directory, FileMode.REGULAR | permissions, umask, uid, gid);
  }

  @Override
  public InodeAttributes unlink(long directory, Name name, boolean hold) throws IOException {
    return directories.unlink(directory, name, hold);
  }

  @Override
  public InodeAttributes rmdir(long directory, Name name, boolean hold) throws IOException {
    return directories.rmdir(directory, name, hold);
  }

  @Override
  public @Nullable InodeAttributes rename(
      long directory, Name name, long newDirectory, Name newName, RenameMode mode, boolean hold)
      throws IOException {
    return directories.rename(directory, name, newDirectory, newName, mode, hold);
  }

  @Override
  public InodeAttributes setattr(long inode, AttributeChange change) throws IOException {
    return attributes.setattr(inode, change);
  }

  @Override
  public InodeAttributes setFlags(long inode, int flags) throws IOException {
    return attributes.setFlags(inode, flags);
  }

  @Override
  public boolean dropSetIds(long inode) throws IOException {
    return attributes.dropSetIds(inode);
  }

  @Override
  public void write(long inode, long offset, ByteBuffer source) throws IOException {
    if (offset < 0) {
      throw new FileSystemException(Errno.EINVAL);
    }
    files.write(inode, offset, source, false);
  }

  @Override
  public void writeBack(long inode, long offset, ByteBuffer source) throws IOException {
    if (offset < 0) {
      throw new FileSystemException(Errno.EINVAL);
    }
    files.write(inode, offset, source, true);
  }

  @Override
  public long append(long inode, ByteBuffer source) throws IOException {
    return files.write(inode, null, source, false);
  }

  @Override
  public void fallocate(long inode, FallocateMode mode, long offset, long length)
      throws IOException {
    files.fallocate(inode, mode, offset, length);
  }

  @Override
  public long copyRange(
      FileTree source, long sourceInode, long sourceOffset, long inode, long offset, long length)
      throws IOException {
    CopySource from = CopySource.of(source);
    return new RangeCopy(engine, this, head, files, from, sourceInode, inode)
        .run(sourceOffset, offset, length);
  }

  @Override
  public void setxattr(long inode, Name name, byte[] value, XattrMode mode) throws IOException {
    attributes.setxattr(inode, name, value, mode);
  }

  @Override
  public void removexattr(long inode, Name name) throws IOException {
    attributes.removexattr(inode, name);
  }

  @Override
  public void touchAccessTime(long inode) throws IOException {
    attributes.touchAccessTime(inode);
  }

  @Override
  public void fsync(long inode, boolean dataOnly) throws IOException {
    engine.readInode(head, inode);
    FileState state = head.state(inode);
    if (state != null) {
      engine.flushing().flush(head, state, true);
    }
    engine.appends().persist();
  }

  @Override
  public void sync() throws IOException {
    try {
      engine.flushing().flushAll(head);
    } finally {
      engine.appends().persist();
    }
  }
}

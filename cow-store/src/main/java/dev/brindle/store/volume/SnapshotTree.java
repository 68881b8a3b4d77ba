package dev.brindle.store.volume;

import dev.brindle.store.DirectoryVisitor;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.SpaceStatistics;
import dev.brindle.store.log.Pin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A snapshot as a file tree. It never changes, so its readers wait for nobody; they only keep its
 * deletion away until they are done.
 */
final class SnapshotTree implements FileTree {
  private final Engine engine;
  private final long version;
  private final long inodeCount;
  private final TreeView view;
  private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();
  private long holds;
  private boolean deleted;

  SnapshotTree(Engine engine, long version, long inodeCount, TreeView view) {
    this.engine = engine;
    this.version = version;
    this.inodeCount = inodeCount;
    this.view = view;
  }

  /** The tree itself, for who holds an inode of it. */
  TreeView view() {
    return view;
  }

  /** Looks at the tree; it is not deleted meanwhile. */
  <T> T look(Engine.Look<T> look) throws IOException {
    use.readLock().lock();
    try {
      if (deleted) {
        throw new FileSystemException(Errno.ESTALE);
      }
      return look.at(view);
    } finally {
      use.readLock().unlock();
    }
  }

  /** Excludes everybody who looks at the tree. */
  Lock users() {
    return use.writeLock();
  }

  /** True when somebody holds an inode of it; under {@link #users}. */
  boolean isHeld() {
    return holds > 0;
  }

  /** Ends the tree's use; under {@link #users}. */
  void setDeleted() {
    deleted = true;
  }

  @Override
  public long version() {
    return version;
  }

  @Override
  public boolean isWritable() {
    return false;
  }

  @Override
  public InodeAttributes getattr(long inode) throws IOException {
    return look(tree -> tree.inode(inode).attributes());
  }

  @Override
  public InodeAttributes lookup(long directory, Name name) throws IOException {
    return look(tree -> tree.inode(tree.entry(directory, name).inode()).attributes());
  }

  @Override
  public long parent(long directory) throws IOException {
    return look(tree -> tree.parent(directory));
  }

  @Override
  public void readdir(long directory, long cookie, DirectoryVisitor visitor) throws IOException {
    look(tree -> tree.directory(directory));
    Listing.run(at -> look(tree -> tree.list(directory, at)), cookie, visitor);
  }

  @Override
  public byte[] readlink(long inode) throws IOException {
    return look(tree -> tree.readlink(inode));
  }

  @Override
  public int read(long inode, long offset, ByteBuffer target) throws IOException {
    if (offset < 0) {
      throw new FileSystemException(Errno.EINVAL);
    }
    return look(
        tree -> {
          Inode item = tree.inode(inode);
          if (!item.isRegular()) {
            throw new FileSystemException(item.isDirectory() ? Errno.EISDIR : Errno.EINVAL);
          }
          int length = (int) Math.max(0, Math.min(target.remaining(), item.size - offset));
          try (Pin pin = engine.log().pin()) {
            ReadPlan plan = new ReadPlan(target);
            new FileContent(tree.tree(), inode, item.size).plan(plan, 0, offset, length);
            plan.run(engine.log(), length);
          }
          return length;
        });
  }

  @Override
  public long seek(long inode, long offset, Seek whence) throws IOException {
    return look(
        tree -> {
          Inode item = tree.inode(inode);
          return FileOperations.seek(
              new FileContent(tree.tree(), inode, item.size), item, offset, whence, item.size);
        });
  }

  @Override
  public byte[] getxattr(long inode, Name name) throws IOException {
    return look(tree -> tree.getxattr(inode, name));
  }

  @Override
  public List<Name> listxattr(long inode) throws IOException {
    return look(tree -> tree.listxattr(inode));
  }

  @Override
  public void hold(long inode) throws IOException {
    use.writeLock().lock();
    try {
      if (deleted) {
        throw new FileSystemException(Errno.ESTALE);
      }
      view.inode(inode);
      holds++;
    } finally {
      use.writeLock().unlock();
    }
  }

  @Override
  public void release(long inode) {
    use.writeLock().lock();
    try {
      if (holds == 0) {
        throw new IllegalStateException("inode " + inode + " is not held");
      }
      holds--;
    } finally {
      use.writeLock().unlock();
    }
  }

  @Override
  public SpaceStatistics statistics() throws IOException {
    return engine.statistics(inodeCount);
  }
}

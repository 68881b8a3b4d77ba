package dev.brindle.namespace;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.DirectoryVisitor;
import dev.brindle.store.FileTree.Seek;
import dev.brindle.store.Name;
import dev.brindle.store.SpaceStatistics;
import dev.brindle.store.WritableFileTree.FallocateMode;
import dev.brindle.store.WritableFileTree.RenameMode;
import dev.brindle.store.WritableFileTree.XattrMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a mount shows, as the operations of the FUSE low-level protocol: inode numbers and names,
 * never paths. Every transport calls this and nothing else.
 *
 * <p>A <em>node</em> is a 64-bit number for an inode of any view in the namespace; the root's is
 * {@link #ROOT_NODE}. Nodes need no forgetting: they are made of the view and the inode's number. A
 * <em>handle</em> stands for an open file or directory and must be released.
 *
 * <p>Permissions are checked by the kernel ({@code default_permissions}); the caller's identity
 * decides only who may make, rename and delete snapshots and clones. All methods throw {@link
 * dev.brindle.store.FileSystemException} for the errors POSIX names.
 */
public interface InodeFileSystem {
  long ROOT_NODE = 1;

  Entry lookup(long parent, Name name) throws IOException;

  /**
   * Whether a directory's entries come and go by other ways than the operations of this mount, as
   * those of {@code .snapshots} and {@code .clones} do: a transport must not let the kernel
   * remember them.
   */
  default boolean isVolatile(long directory) {
    return false;
  }

  /**
   * Whether attributes may soon change though nobody is told, or not in time: those of what was
   * changed a moment ago, or the mode of a directory in a snapshot, which narrows with the
   * volume's. A transport lets the kernel believe these for a moment only.
   */
  default boolean isUnsettled(Entry entry) {
    return false;
  }

  /** Has everything told from now on that changes by another way than this object's operations. */
  default void listen(ChangeListener listener) {}

  Entry getattr(long node) throws IOException;

  Entry setattr(Caller caller, long node, AttributeChange change) throws IOException;

  /**
   * Takes set-uid and set-gid from a regular file, as a write by somebody without privileges does.
   *
   * @return whether it had any
   */
  boolean dropSetIds(long node) throws IOException;

  /** Sets those of a node's flags that are {@link dev.brindle.store.InodeFlags#SETTABLE}. */
  void setFlags(Caller caller, long node, int flags) throws IOException;

  byte[] readlink(long node) throws IOException;

  /** A regular file, fifo, socket or device. */
  Entry mknod(Caller caller, long parent, Name name, int mode, int device) throws IOException;

  Entry mkdir(Caller caller, long parent, Name name, int mode) throws IOException;

  Entry symlink(Caller caller, long parent, Name name, byte[] target) throws IOException;

  Entry link(Caller caller, long node, long newParent, Name newName) throws IOException;

  /**
   * Removes a name.
   *
   * @return the node when that was its last one, else null
   */
  @Nullable Removed unlink(Caller caller, long parent, Name name) throws IOException;

  /**
   * @return the directory; null for a version, of which nothing is left
   */
  @Nullable Removed rmdir(Caller caller, long parent, Name name) throws IOException;

  /**
   * @return the node that was replaced, when it has no other name; else null
   */
  @Nullable Removed rename(
      Caller caller, long parent, Name name, long newParent, Name newName, RenameMode mode)
      throws IOException;

  /**
   * Makes a regular file and opens it (O_CREAT | O_EXCL) in one step: it is the caller's from then
   * on, also when another call removes its name right after. Whoever is refused has made nothing.
   *
   * @param mode permissions
   * @param writable whether it will be written to
   */
  OpenFile create(Caller caller, long parent, Name name, int mode, boolean writable)
      throws IOException;

  /**
   * Opens a regular file that is there; O_TRUNC was dealt with by the transport.
   *
   * @param writable whether it will be written to; EROFS in a snapshot
   */
  long open(long node, boolean writable) throws IOException;

  /**
   * From now on reading by a handle, of a file or a directory, marks no access time (O_NOATIME).
   */
  void stopNotingAccess(long handle) throws IOException;

  /**
   * Makes a regular file without a name (O_TMPFILE) and opens it for writing. {@link #link} may
   * give it a name; without one it goes with its last handle.
   */
  OpenFile createUnnamed(Caller caller, long directory, int mode) throws IOException;

  /** Reads into the target's remaining space. */
  int read(long handle, long offset, ByteBuffer target) throws IOException;

  void write(long handle, long offset, ByteBuffer source) throws IOException;

  /**
   * Writes what the kernel has acknowledged before; the file's times stay, since that kernel keeps
   * them and sends them by {@link #setattr}.
   */
  void writeBack(long handle, long offset, ByteBuffer source) throws IOException;

  /**
   * Writes at the file's end (O_APPEND).
   *
   * @return the offset at which the bytes stand
   */
  long append(long handle, ByteBuffer source) throws IOException;

  long seek(long handle, long offset, Seek whence) throws IOException;

  /**
   * Copies a range of one file onto another, or within a file, by reference where it can be; EBADF
   * when the second is not open for writing.
   *
   * @return how many bytes; whoever wants more calls again, until it is 0
   * @see dev.brindle.store.WritableFileTree#copyRange
   */
  long copyRange(long handle, long offset, long targetHandle, long targetOffset, long length)
      throws IOException;

  void fallocate(long handle, FallocateMode mode, long offset, long length) throws IOException;

  void fsync(long handle, boolean dataOnly) throws IOException;

  void release(long handle) throws IOException;

  long opendir(long node) throws IOException;

  /**
   * Visits the entries after a cookie, {@code .} and {@code ..} first (cookies 1 and 2). The inode
   * the visitor gets is the one that {@code stat} shows; cookies are positive.
   */
  void readdir(long handle, long cookie, DirectoryVisitor visitor) throws IOException;

  void fsyncdir(long handle, boolean dataOnly) throws IOException;

  void releasedir(long handle) throws IOException;

  byte[] getxattr(long node, Name name) throws IOException;

  List<Name> listxattr(long node) throws IOException;

  void setxattr(Caller caller, long node, Name name, byte[] value, XattrMode mode)
      throws IOException;

  void removexattr(Caller caller, long node, Name name) throws IOException;

  SpaceStatistics statfs(long node) throws IOException;

  /** Makes all that was acknowledged durable. */
  void sync() throws IOException;
}

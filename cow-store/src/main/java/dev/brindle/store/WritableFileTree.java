package dev.brindle.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A file tree that can be changed: a volume's head. Each operation is atomic, also over a crash:
 * what the disk keeps of a history without {@code fsync} is a prefix of it.
 *
 * <p>Times, link counts, set-uid bits and the inheritance of set-gid directories follow POSIX and
 * Linux; permissions are the kernel's business. Changes to directory {@code ..} and {@code .} are
 * refused with EINVAL, ENOTEMPTY or EEXIST as the system calls do.
 */
public interface WritableFileTree extends FileTree {
  /**
   * Makes a regular file, fifo, socket or device ({@code mknod}).
   *
   * @param mode type and permissions
   * @param umask what the mode loses unless the directory has a default access control list, which
   *     then says what the inode inherits
   * @param device for a device, else 0
   * @throws FileSystemException EEXIST, ENOENT (the directory was removed), ENAMETOOLONG, ENOSPC
   */
  InodeAttributes create(
      long directory, Name name, int mode, int umask, int uid, int gid, int device)
      throws IOException;

  /** As with a umask of 0. */
  default InodeAttributes create(long directory, Name name, int mode, int uid, int gid, int device)
      throws IOException {
    return create(directory, name, mode, 0, uid, gid, device);
  }

  /**
   * Makes a regular file ({@code open} with O_CREAT | O_EXCL), held once as by {@link #hold}, in
   * one operation: whoever removes the name a moment later leaves its maker the file.
   *
   * @param mode permissions
   * @param umask as with {@link #create}
   * @throws FileSystemException as {@link #create}; then nothing is held
   */
  InodeAttributes createHeld(long directory, Name name, int mode, int umask, int uid, int gid)
      throws IOException;

  /** Makes a directory; it inherits a default access control list of its own as well. */
  InodeAttributes mkdir(long directory, Name name, int mode, int umask, int uid, int gid)
      throws IOException;

  /** As with a umask of 0. */
  default InodeAttributes mkdir(long directory, Name name, int mode, int uid, int gid)
      throws IOException {
    return mkdir(directory, name, mode, 0, uid, gid);
  }

  /**
   * @param target 1 to 4,095 bytes, else ENOENT or ENAMETOOLONG
   */
  InodeAttributes symlink(long directory, Name name, byte[] target, int uid, int gid)
      throws IOException;

  /**
   * Adds a name to an inode that is no directory (EPERM) and has not lost its last name (ENOENT).
   * The data of one that never had a name is flushed ahead: its appearance is atomic without {@code
   * fsync}, like that of a renamed file.
   *
   * @throws FileSystemException EMLINK past 2^31 - 1 names
   */
  InodeAttributes link(long inode, long directory, Name name) throws IOException;

  /**
   * Makes a regular file without a name ({@code open} with O_TMPFILE), held once as by {@link
   * #hold}. As long as it is held and has none, {@link #link} gives it its first name; else the
   * last {@link #release}, or a crash, removes it.
   *
   * @param directory whose set-gid bit and default access control list count
   * @throws FileSystemException ENOENT (the directory was removed), ENOTDIR, ENOSPC
   */
  InodeAttributes createUnnamed(long directory, int mode, int umask, int uid, int gid)
      throws IOException;

  /**
   * Removes a name; EISDIR for a directory.
   *
   * @param hold whether what has no name left is held once as by {@link #hold}, in the same
   *     operation. A regular file is not: to remove one is to stay one change of the tree
   * @return what the name led to, as it is without it
   */
  InodeAttributes unlink(long directory, Name name, boolean hold) throws IOException;

  /** Removes a name and holds nothing. */
  default void unlink(long directory, Name name) throws IOException {
    unlink(directory, name, false);
  }

  /**
   * Removes an empty directory; ENOTDIR, ENOTEMPTY.
   *
   * @param hold whether it is held once as by {@link #hold}, in the same operation
   * @return the directory, as it is without its name
   */
  InodeAttributes rmdir(long directory, Name name, boolean hold) throws IOException;

  /** Removes an empty directory and holds nothing. */
  default void rmdir(long directory, Name name) throws IOException {
    rmdir(directory, name, false);
  }

  /**
   * Renames, with all rules of {@code rename(2)}: replaces a file by a file and an empty directory
   * by a directory, does nothing when both names are the same inode, refuses to move a directory
   * below itself (EINVAL). The data of a renamed file is flushed ahead of the rename, so that
   * write-to-temporary-then-rename is atomic without {@code fsync}.
   *
   * @param hold whether what is replaced, and has no name left, is held once as by {@link #hold},
   *     in the same operation
   * @return what was replaced, as it is without the name; null when nothing was
   */
  @Nullable InodeAttributes rename(
      long directory, Name name, long newDirectory, Name newName, RenameMode mode, boolean hold)
      throws IOException;

  /** Renames and holds nothing. */
  default void rename(long directory, Name name, long newDirectory, Name newName, RenameMode mode)
      throws IOException {
    rename(directory, name, newDirectory, newName, mode, false);
  }

  /**
   * Changes attributes; always sets the change time.
   *
   * @throws FileSystemException EPERM for one that is immutable or, but for {@link
   *     AttributeChange#ofWrite}, append-only
   */
  InodeAttributes setattr(long inode, AttributeChange change) throws IOException;

  /**
   * Sets those of an inode's flags that are {@link InodeFlags#SETTABLE}. An immutable inode refuses
   * every other change, and of its names, with EPERM; an append-only one all but {@link #append}
   * and new names in a directory. Neither can be removed or renamed. What stays immutable keeps its
   * other flags, too.
   *
   * @throws FileSystemException EPERM for that; EOPNOTSUPP for flags that are not settable, and for
   *     what is neither file nor directory
   */
  InodeAttributes setFlags(long inode, int flags) throws IOException;

  /**
   * Takes set-uid and set-gid from a regular file, as a write does ({@link
   * FileMode#withoutSetIds}), also where only appending is allowed.
   *
   * @return whether it had any
   * @throws FileSystemException EPERM for an immutable one
   */
  boolean dropSetIds(long inode) throws IOException;

  /**
   * Writes all of the source's remaining bytes, from the offset on.
   *
   * @throws FileSystemException ENOSPC, EFBIG behind 2^63 - 1; EPERM unless it may be changed there
   */
  void write(long inode, long offset, ByteBuffer source) throws IOException;

  /**
   * As {@link #write}, also into an append-only file, for a kernel that acknowledged the write
   * before and keeps the file's times: they stay as they are, and {@link #setattr} brings those of
   * the write.
   */
  void writeBack(long inode, long offset, ByteBuffer source) throws IOException;

  /**
   * Writes at the file's end as it is at that moment.
   *
   * @return the offset at which the bytes stand
   */
  long append(long inode, ByteBuffer source) throws IOException;

  void fallocate(long inode, FallocateMode mode, long offset, long length) throws IOException;

  /**
   * Copies a range of a file's bytes onto another's, or within a file, as {@code
   * copy_file_range(2)} does: by reference, so that it costs what the range has of extents and
   * takes no space, where both offsets are at the same place in a block of 4 KiB. Holes stay holes,
   * and space that was only reserved becomes one. By many operations, each atomic: it writes what
   * the source has at that instant, up to the end of one of its blocks.
   *
   * @param source this tree, or another volume's or snapshot's of the same store
   * @param length in bytes; ends at the source's end
   * @return how many bytes were copied: 0 at the source's end and behind it, and less than there
   *     are when it would take long or a failure came after a part of it; whoever wants more calls
   *     again
   * @throws FileSystemException EINVAL for ranges of one file that overlap, negative numbers and
   *     what is no file; EISDIR, EFBIG, ENOSPC
   */
  long copyRange(
      FileTree source, long sourceInode, long sourceOffset, long inode, long offset, long length)
      throws IOException;

  /**
   * Sets an extended attribute: name up to 255 bytes, value up to 65,536 bytes. A {@link PosixAcl}
   * is set whether there is one or not; with one for access the mode changes as well, and {@link
   * #setattr} of a mode changes it.
   *
   * @throws FileSystemException EEXIST, ENODATA, E2BIG, ERANGE, ENOSPC; EINVAL for what is no list
   *     and EACCES for a default list of no directory
   */
  void setxattr(long inode, Name name, byte[] value, XattrMode mode) throws IOException;

  /** Removes an extended attribute; ENODATA, but for a {@link PosixAcl}. */
  void removexattr(long inode, Name name) throws IOException;

  /** Notes a read for the access time, by the rules of relatime. */
  void touchAccessTime(long inode) throws IOException;

  /**
   * Makes a file durable: its data, its attributes, its names, and every operation before it.
   *
   * @param dataOnly true for {@code fdatasync}
   */
  void fsync(long inode, boolean dataOnly) throws IOException;

  /** Makes everything durable that was acknowledged before the call. */
  void sync() throws IOException;

  /** How {@code rename} treats a name that exists. */
  enum RenameMode {
    REPLACE,
    NO_REPLACE,
    EXCHANGE
  }

  /** What {@code setxattr(2)} may do to an attribute: by its flags one, the other, both, none. */
  enum XattrMode {
    CREATE_OR_REPLACE(true, true),
    CREATE(true, false),
    REPLACE(false, true),
    NEITHER(false, false);

    private final boolean creates;
    private final boolean replaces;

    XattrMode(boolean creates, boolean replaces) {
      this.creates = creates;
      this.replaces = replaces;
    }

    /**
     * Refuses what may not be done.
     *
     * @throws FileSystemException EEXIST, ENODATA
     */
    public void check(boolean exists) throws FileSystemException {
      if (exists && !replaces) {
        throw new FileSystemException(Errno.EEXIST);
      }
      if (!exists && !creates) {
        throw new FileSystemException(Errno.ENODATA);
      }
    }
  }

  /** What {@code fallocate(2)} does to the range. */
  enum FallocateMode {
    ALLOCATE,
    ALLOCATE_KEEP_SIZE,
    PUNCH_HOLE,
    ZERO_RANGE,
    ZERO_RANGE_KEEP_SIZE
  }
}

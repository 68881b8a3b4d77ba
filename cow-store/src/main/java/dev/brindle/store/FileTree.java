package dev.brindle.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A file tree that can be read: a volume's head or a snapshot. Safe for any number of threads.
 *
 * <p>Every method throws {@link FileSystemException} for the errors that POSIX names (ENOENT for an
 * inode that does not exist, ENOTDIR, EINVAL for a {@code readlink} of no symlink ...), and another
 * {@link IOException} when the disk failed or the store is damaged. Nothing here checks
 * permissions: the kernel does ({@code default_permissions}).
 */
public interface FileTree {
  /** The inode number of every tree's root directory. */
  long ROOT_INODE = 1;

  /** The version this tree shows; a volume's changes with each snapshot. Positive. */
  long version();

  /** False for a snapshot: each change is refused with EROFS. */
  boolean isWritable();

  InodeAttributes getattr(long inode) throws IOException;

  /**
   * The inode behind a name.
   *
   * @throws FileSystemException ENOENT, ENOTDIR, ENAMETOOLONG
   */
  InodeAttributes lookup(long directory, Name name) throws IOException;

  /** The directory that holds this directory; the root and one that was removed hold themselves. */
  long parent(long directory) throws IOException;

  /**
   * Visits the entries whose cookie is larger than {@code cookie}; 0 starts at the beginning. No
   * lock is held while the visitor runs, and memory use does not grow with the directory.
   */
  void readdir(long directory, long cookie, DirectoryVisitor visitor) throws IOException;

  /** The target of a symlink, 1 to 4,095 bytes. */
  byte[] readlink(long inode) throws IOException;

  /**
   * Reads file bytes into the target's remaining space; holes read as zeros.
   *
   * @param offset in bytes, not negative
   * @return how many bytes were read: less than the space only at the file's end, 0 behind it
   */
  int read(long inode, long offset, ByteBuffer target) throws IOException;

  /**
   * {@code lseek} with SEEK_DATA or SEEK_HOLE.
   *
   * @throws FileSystemException ENXIO when the offset is behind the file's end, or there is no more
   *     data behind it
   */
  long seek(long inode, long offset, Seek whence) throws IOException;

  /**
   * @throws FileSystemException ENODATA when there is no such attribute
   */
  byte[] getxattr(long inode, Name name) throws IOException;

  List<Name> listxattr(long inode) throws IOException;

  /**
   * Holds an inode of any type: one that loses its last name meanwhile stays as it is, and can be
   * changed, until the last {@link #release}; a snapshot or clone whose inodes are held is not
   * deleted (EBUSY).
   */
  void hold(long inode) throws IOException;

  /** Ends one {@link #hold}. */
  void release(long inode) throws IOException;

  SpaceStatistics statistics() throws IOException;

  /** Which of the two to look for. */
  enum Seek {
    DATA,
    HOLE
  }
}

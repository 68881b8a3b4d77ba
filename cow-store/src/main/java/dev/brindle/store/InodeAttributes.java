package dev.brindle.store;

/**
 * What {@code stat(2)} tells of an inode.
 *
 * @param inode its number in its volume, 1 (the root) to 2^40 - 1
 * @param mode type and permissions, as in {@code st_mode}; see {@link FileMode}
 * @param linkCount 2 + subdirectories for a directory; 0 for an unlinked file that is still open
 * @param uid 32-bit unsigned
 * @param gid 32-bit unsigned
 * @param device {@code st_rdev} of a character or block device, Linux's 32-bit encoding
 * @param size in bytes, 0 to 2^63 - 1
 * @param blocks allocated, in units of 512 bytes
 * @param birthTime when the inode was created; nothing changes it
 */
public record InodeAttributes(
    long inode,
    int mode,
    int linkCount,
    int uid,
    int gid,
    int device,
    long size,
    long blocks,
    Timestamp accessTime,
    Timestamp modificationTime,
    Timestamp changeTime,
    Timestamp birthTime) {

  public boolean isDirectory() {
    return FileMode.isDirectory(mode);
  }

  public boolean isRegular() {
    return FileMode.isRegular(mode);
  }

  public boolean isSymlink() {
    return FileMode.isSymlink(mode);
  }
}

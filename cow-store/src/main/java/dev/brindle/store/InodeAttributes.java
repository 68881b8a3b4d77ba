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
 * @param flags see {@link InodeFlags}
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
    Timestamp birthTime,
    int flags) {

  /** As this, with another number and another mode. */
  public InodeAttributes shownAs(long otherInode, int otherMode) {
    return new InodeAttributes(
        otherInode,
        otherMode,
        linkCount,
        uid,
        gid,
        device,
        size,
        blocks,
        accessTime,
        modificationTime,
        changeTime,
        birthTime,
        flags);
  }

  public boolean hasAccessAcl() {
    return (flags & InodeFlags.ACCESS_ACL) != 0;
  }

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

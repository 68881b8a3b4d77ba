package dev.brindle.store.volume;

/**
 * The kinds of items in a version's tree, and how a key is made of an inode and a kind. All items
 * of an inode stand together, the inode itself first.
 */
public final class ItemType {
  /** Offset 0: {@link Inode}. */
  public static final int INODE = 1;

  /** Offset: hash of the attribute's name. {@link XattrItem}. */
  public static final int XATTR = 2;

  /** Offset: hash of the entry's name. {@link DirentItem}. */
  public static final int DIRENT = 3;

  /** Offset: hash of the parent and the name. {@link BackReferenceItem}. */
  public static final int BACK_REFERENCE = 4;

  /** Offset 0: a symlink's target. */
  public static final int SYMLINK = 5;

  /** Offset 0: the content of a small file; shorter than the file's size where zeros follow. */
  public static final int INLINE = 6;

  /** Offset: where in the file, in bytes. {@link Extent}. */
  public static final int EXTENT = 7;

  /** Under inode {@link #ORPHANS}; offset: an inode without names that is still held or large. */
  public static final int ORPHAN = 8;

  /** The inode number under which the list of orphans stands. */
  public static final long ORPHANS = 0;

  /** The largest inode number, 2^40 - 1: the namespace needs the bits above. */
  public static final long INODE_MAX = (1L << 40) - 1;

  private ItemType() {}

  /** The high half of a key. */
  public static long high(long inode, int type) {
    return inode << 8 | type;
  }

  public static long inodeOf(long high) {
    return high >>> 8;
  }

  public static int typeOf(long high) {
    return (int) (high & 0xff);
  }
}

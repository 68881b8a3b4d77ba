package dev.brindle.store.volume;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Timestamp;
import java.nio.ByteBuffer;

/**
 * An inode as its item holds it: a value to read, change and put back.
 *
 * <pre>
 *   flags 2 | mode 2 | link count 4 | uid 4 | gid 4 | device 4 | size 8 | blocks 8 |
 *   access, modification, change, birth time: seconds 8, nanos 4 each
 * </pre>
 *
 * <p>The flags are those of {@link dev.brindle.store.InodeFlags}; an inode that was written before
 * there were any has none of them set. A directory's size is the number of its entries. {@code
 * blocks} counts what the file's extents hold, in blocks of 4 KiB.
 */
public final class Inode {
  static final int ENCODED_LENGTH = 4 * 5 + 8 * 2 + 4 * 12;

  private static final int MODE_MASK = 0xffff;

  final long number;
  int flags;
  int mode;
  int linkCount;
  int uid;
  int gid;
  int device;
  long size;
  long blocks;
  Timestamp accessTime;
  Timestamp modificationTime;
  Timestamp changeTime;
  final Timestamp birthTime;

  Inode(long number, int mode, int uid, int gid, int device, Timestamp now) {
    this.number = number;
    this.mode = mode;
    this.linkCount = FileMode.isDirectory(mode) ? 2 : 1;
    this.uid = uid;
    this.gid = gid;
    this.device = device;
    this.accessTime = now;
    this.modificationTime = now;
    this.changeTime = now;
    this.birthTime = now;
  }

  private Inode(long number, ByteBuffer in) {
    this.number = number;
    int word = in.getInt();
    this.flags = word >>> 16;
    this.mode = word & MODE_MASK;
    this.linkCount = in.getInt();
    this.uid = in.getInt();
    this.gid = in.getInt();
    this.device = in.getInt();
    this.size = in.getLong();
    this.blocks = in.getLong();
    this.accessTime = time(in);
    this.modificationTime = time(in);
    this.changeTime = time(in);
    this.birthTime = time(in);
  }

  private static Timestamp time(ByteBuffer in) {
    return new Timestamp(in.getLong(), in.getInt());
  }

  /**
   * @throws CorruptStoreException the item has not an inode's length
   */
  public static Inode decode(long number, byte[] value) throws CorruptStoreException {
    if (value.length != ENCODED_LENGTH) {
      throw new CorruptStoreException(
          "index.db", -1, "inode " + number + " has an item of " + value.length + " bytes");
    }
    return new Inode(number, ByteBuffer.wrap(value));
  }

  /** A new inode for content that has lost its own; the link count is to be corrected. */
  public static Inode made(long number, int mode, long size, Timestamp now) {
    Inode inode = new Inode(number, mode, 0, 0, 0, now);
    inode.size = size;
    return inode;
  }

  /** The item of this inode with other counts. */
  public byte[] corrected(int links, long newSize, long newBlocks) {
    Inode copy = new Inode(number, ByteBuffer.wrap(encode()));
    copy.linkCount = links;
    copy.size = newSize;
    copy.blocks = newBlocks;
    return copy.encode();
  }

  byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(ENCODED_LENGTH);
    out.putInt(flags << 16 | mode).putInt(linkCount).putInt(uid).putInt(gid).putInt(device);
    out.putLong(size).putLong(blocks);
    for (Timestamp time : new Timestamp[] {accessTime, modificationTime, changeTime, birthTime}) {
      out.putLong(time.seconds()).putInt(time.nanos());
    }
    return out.array();
  }

  /**
   * @throws FileSystemException EPERM when one of the flags is set
   */
  void refuse(int refused) throws FileSystemException {
    if ((flags & refused) != 0) {
      throw new FileSystemException(Errno.EPERM);
    }
  }

  void touch(Timestamp now) {
    modificationTime = now;
    changeTime = now;
  }

  public long number() {
    return number;
  }

  public int mode() {
    return mode;
  }

  public int linkCount() {
    return linkCount;
  }

  public long size() {
    return size;
  }

  public long blocks() {
    return blocks;
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

  InodeAttributes attributes() {
    return attributes(size, sectors(), modificationTime, changeTime);
  }

  InodeAttributes attributes(long size, long sectors, Timestamp modification, Timestamp change) {
    return new InodeAttributes(
        number,
        mode,
        linkCount,
        uid,
        gid,
        device,
        size,
        sectors,
        accessTime,
        modification,
        change,
        birthTime,
        flags);
  }

  /**
   * What {@code st_blocks} shows. A file whose content is inline shows what it would take: programs
   * such as tar take a file of no blocks for one hole.
   */
  long sectors() {
    return blocks == 0 && size > 0 && size <= FileContent.INLINE_BYTES_MAX && isRegular()
        ? (size + 511) / 512
        : blocks * (Extent.BLOCK_BYTES / 512);
  }
}

package dev.brindle.daemon.kernel;

import dev.brindle.daemon.kernel.Wire.Attr;
import dev.brindle.daemon.kernel.Wire.AttrOut;
import dev.brindle.daemon.kernel.Wire.EntryOut;
import dev.brindle.daemon.kernel.Wire.OpenOut;
import dev.brindle.daemon.kernel.Wire.StatfsOut;
import dev.brindle.daemon.kernel.Wire.StatxOut;
import dev.brindle.namespace.Entry;
import dev.brindle.store.FileMode;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.SpaceStatistics;
import dev.brindle.store.Timestamp;

/** The bodies of answers that are more than a number. */
final class Replies {
  static final int KEEP_CACHE = 1 << 1;

  /** {@code FOPEN_CACHE_DIR}. */
  static final int CACHE_LISTING = 1 << 3;

  /** {@code st_blksize}: what programs write at a time, and what one request carries well. */
  private static final int PREFERRED_IO_BYTES = 128 << 10;

  private static final int BLOCK_BYTES = 4096;

  /** What an inode costs the store at the least, for the count of those that still fit. */
  private static final int INODE_BYTES_MIN = 512;

  private static final long INODES_MAX = 1L << 40;
  private static final int STATX_BASIC_AND_BIRTH = 0x7FF | 0x800;
  private static final int NANOS = 1_000_000_000;

  /** How long attributes are believed that may change without anybody being told. */
  private static final double UNSETTLED_SECONDS_MAX = 1;

  private final Served served;

  Replies(Served served) {
    this.served = served;
  }

  /** What the kernel may remember of a node is counted before it can forget it. */
  void entry(Answer answer, long parent, Entry entry) {
    putCounted(answer, 0, parent, entry);
    if (!answer.send(EntryOut.BYTES)) {
      served.removedNodes().forget(entry.node(), 1);
    }
  }

  /** As {@link #entry}, with an open file; false when nobody takes it. */
  boolean created(Answer answer, long parent, Entry entry, long handle, int flags) {
    putCounted(answer, 0, parent, entry);
    putOpen(answer, EntryOut.BYTES, handle, flags);
    if (answer.send(EntryOut.BYTES + OpenOut.BYTES)) {
      return true;
    }
    served.removedNodes().forget(entry.node(), 1);
    return false;
  }

  /**
   * An entry that is counted as known from before it is looked at how old its attributes are: what
   * changes later is passed on.
   */
  void putCounted(Answer answer, int at, long parent, Entry entry) {
    served.lookups().add(entry.node());
    putEntry(answer, at, parent, entry);
  }

  /** The name is not there, and need not be asked for again for a while. */
  void absent(Answer answer) {
    answer.zero(0, EntryOut.BYTES);
    putSeconds(
        answer,
        EntryOut.ENTRY_VALID,
        EntryOut.ENTRY_VALID_NANOS,
        served.caching().absenceSeconds());
    answer.send(EntryOut.BYTES);
  }

  private void putEntry(Answer answer, int at, long parent, Entry entry) {
    boolean remembered = !served.fileSystem().isVolatile(parent);
    answer.u64(at + EntryOut.NODE, entry.node());
    answer.u64(at + EntryOut.GENERATION, 1);
    putSeconds(
        answer,
        at + EntryOut.ENTRY_VALID,
        at + EntryOut.ENTRY_VALID_NANOS,
        remembered ? served.caching().entrySeconds() : 0);
    putSeconds(
        answer,
        at + EntryOut.ATTR_VALID,
        at + EntryOut.ATTR_VALID_NANOS,
        attributeSeconds(answer, entry));
    putAttributes(answer, at + EntryOut.ATTR, entry.attributes());
  }

  void attributes(Answer answer, Entry entry) {
    putSeconds(answer, AttrOut.VALID, AttrOut.VALID_NANOS, attributeSeconds(answer, entry));
    putAttributes(answer, AttrOut.ATTR, entry.attributes());
    answer.send(AttrOut.BYTES);
  }

  /** What a kernel takes for an answer that only kept times of a regular file. */
  void attributesOfNothing(Answer answer) {
    answer.zero(0, AttrOut.BYTES);
    answer.u32(AttrOut.ATTR + Attr.MODE, FileMode.REGULAR);
    answer.send(AttrOut.BYTES);
  }

  /**
   * Not at all where the state may be an old one already: what {@code .snapshots} shows of itself
   * changes by other ways than this mount, and anything that another mount changes may have been
   * read just before.
   */
  private double attributeSeconds(Answer answer, Entry entry) {
    if (served.fileSystem().isVolatile(entry.node())
        || served.invalidations().changes() != answer.changesBefore()) {
      return 0;
    }
    double seconds = served.caching().attributeSeconds();
    return served.fileSystem().isUnsettled(entry)
        ? Math.min(seconds, UNSETTLED_SECONDS_MAX)
        : seconds;
  }

  private static void putSeconds(Answer answer, int at, int nanosAt, double seconds) {
    answer.u64(at, (long) seconds);
    answer.u32(nanosAt, (int) ((seconds - (long) seconds) * NANOS));
  }

  private static void putAttributes(Answer answer, int at, InodeAttributes attributes) {
    answer.u64(at + Attr.INODE, attributes.inode());
    answer.u64(at + Attr.SIZE, attributes.size());
    answer.u64(at + Attr.BLOCKS, attributes.blocks());
    answer.u64(at + Attr.ATIME, attributes.accessTime().seconds());
    answer.u64(at + Attr.MTIME, attributes.modificationTime().seconds());
    answer.u64(at + Attr.CTIME, attributes.changeTime().seconds());
    answer.u32(at + Attr.ATIME_NANOS, attributes.accessTime().nanos());
    answer.u32(at + Attr.MTIME_NANOS, attributes.modificationTime().nanos());
    answer.u32(at + Attr.CTIME_NANOS, attributes.changeTime().nanos());
    answer.u32(at + Attr.MODE, attributes.mode());
    answer.u32(at + Attr.LINKS, attributes.linkCount());
    answer.u32(at + Attr.UID, attributes.uid());
    answer.u32(at + Attr.GID, attributes.gid());
    answer.u32(at + Attr.DEVICE, attributes.device());
    answer.u32(at + Attr.BLOCK_SIZE, PREFERRED_IO_BYTES);
    answer.u32(at + Attr.FLAGS, 0);
  }

  /** The attributes with the birth time. */
  void statx(Answer answer, Entry entry) {
    InodeAttributes attributes = entry.attributes();
    answer.zero(0, StatxOut.BYTES);
    putSeconds(answer, StatxOut.VALID, StatxOut.VALID_NANOS, attributeSeconds(answer, entry));
    answer.u32(StatxOut.MASK, STATX_BASIC_AND_BIRTH);
    answer.u32(StatxOut.BLOCK_SIZE, PREFERRED_IO_BYTES);
    answer.u32(StatxOut.LINKS, attributes.linkCount());
    answer.u32(StatxOut.UID, attributes.uid());
    answer.u32(StatxOut.GID, attributes.gid());
    answer.u16(StatxOut.MODE, attributes.mode());
    answer.u64(StatxOut.INODE, attributes.inode());
    answer.u64(StatxOut.SIZE, attributes.size());
    answer.u64(StatxOut.BLOCKS, attributes.blocks());
    putTime(answer, StatxOut.ATIME, attributes.accessTime());
    putTime(answer, StatxOut.BTIME, attributes.birthTime());
    putTime(answer, StatxOut.CTIME, attributes.changeTime());
    putTime(answer, StatxOut.MTIME, attributes.modificationTime());
    answer.u32(StatxOut.DEVICE_MAJOR, Devices.major(attributes.device()));
    answer.u32(StatxOut.DEVICE_MINOR, Devices.minor(attributes.device()));
    answer.send(StatxOut.BYTES);
  }

  private static void putTime(Answer answer, int at, Timestamp time) {
    answer.u64(at, time.seconds());
    answer.u32(at + Long.BYTES, time.nanos());
  }

  /** False when nobody takes it: no release will come. */
  boolean opened(Answer answer, long handle, int flags) {
    putOpen(answer, 0, handle, flags);
    return answer.send(OpenOut.BYTES);
  }

  private static void putOpen(Answer answer, int at, long handle, int flags) {
    answer.u64(at + OpenOut.HANDLE, handle);
    answer.u32(at + OpenOut.FLAGS, flags);
    answer.u32(at + OpenOut.FLAGS + Integer.BYTES, 0);
  }

  /** One number of 32 bits, and four bytes of nothing. */
  static void number(Answer answer, int number) {
    answer.u32(0, number);
    answer.u32(Integer.BYTES, 0);
    answer.send(Long.BYTES);
  }

  /** Free inodes are those that the free space would hold. */
  static void space(Answer answer, SpaceStatistics space) {
    long inodesFree =
        Math.max(
            0, Math.min(space.availableBytes() / INODE_BYTES_MIN, INODES_MAX - space.inodes()));
    answer.zero(0, StatfsOut.BYTES);
    answer.u64(StatfsOut.BLOCKS, space.totalBytes() / BLOCK_BYTES);
    answer.u64(StatfsOut.BLOCKS_FREE, space.freeBytes() / BLOCK_BYTES);
    answer.u64(StatfsOut.BLOCKS_AVAILABLE, space.availableBytes() / BLOCK_BYTES);
    answer.u64(StatfsOut.FILES, space.inodes() + inodesFree);
    answer.u64(StatfsOut.FILES_FREE, inodesFree);
    answer.u32(StatfsOut.BLOCK_SIZE, BLOCK_BYTES);
    answer.u32(StatfsOut.FRAGMENT_SIZE, BLOCK_BYTES);
    answer.u32(StatfsOut.NAME_LENGTH, Name.LENGTH_MAX);
    answer.send(StatfsOut.BYTES);
  }
}

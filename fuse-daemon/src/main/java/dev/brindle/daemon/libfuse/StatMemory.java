package dev.brindle.daemon.libfuse;

import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.SpaceStatistics;
import dev.brindle.store.Timestamp;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.Statvfs;
import ru.serce.jnrfuse.struct.Timespec;

/** A {@code struct stat} and a {@code struct statvfs} in native memory, filled again and again. */
final class StatMemory {
  /** {@code st_blksize}: what one write request can carry. */
  private static final int PREFERRED_IO_BYTES = 128 << 10;

  private static final int BLOCK_BYTES = 4096;

  /** What an inode costs the store at the least, for the count of those that still fit. */
  private static final int INODE_BYTES_MIN = 512;

  private static final long INODES_MAX = 1L << 40;

  private final FileStat stat;
  private final Statvfs statvfs;

  /** The memory at both addresses is zeroed and stays the caller's. */
  StatMemory(long statAddress, long statvfsAddress) {
    Runtime runtime = Runtime.getSystemRuntime();
    stat = FileStat.of(Pointer.wrap(runtime, statAddress));
    statvfs = Statvfs.of(Pointer.wrap(runtime, statvfsAddress));
  }

  void put(InodeAttributes attributes) {
    stat.st_ino.set(attributes.inode());
    stat.st_mode.set(attributes.mode());
    stat.st_nlink.set(attributes.linkCount());
    stat.st_uid.set(attributes.uid());
    stat.st_gid.set(attributes.gid());
    stat.st_rdev.set(attributes.device());
    stat.st_size.set(attributes.size());
    stat.st_blocks.set(attributes.blocks());
    stat.st_blksize.set(PREFERRED_IO_BYTES);
    put(stat.st_atim, attributes.accessTime());
    put(stat.st_mtim, attributes.modificationTime());
    put(stat.st_ctim, attributes.changeTime());
    if (stat.st_birthtime != null) {
      put(stat.st_birthtime, attributes.birthTime());
    }
  }

  private static void put(Timespec target, Timestamp time) {
    target.tv_sec.set(time.seconds());
    target.tv_nsec.set(time.nanos());
  }

  /** Free inodes are those that the free space would hold. */
  void put(SpaceStatistics space) {
    long inodesFree =
        Math.max(
            0, Math.min(space.availableBytes() / INODE_BYTES_MIN, INODES_MAX - space.inodes()));
    statvfs.f_bsize.set(BLOCK_BYTES);
    statvfs.f_frsize.set(BLOCK_BYTES);
    statvfs.f_blocks.set(space.totalBytes() / BLOCK_BYTES);
    statvfs.f_bfree.set(space.freeBytes() / BLOCK_BYTES);
    statvfs.f_bavail.set(space.availableBytes() / BLOCK_BYTES);
    statvfs.f_files.set(space.inodes() + inodesFree);
    statvfs.f_ffree.set(inodesFree);
    statvfs.f_favail.set(inodesFree);
    statvfs.f_namemax.set(Name.LENGTH_MAX);
  }
}

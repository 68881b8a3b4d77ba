package dev.brindle.daemon.kernel;

import dev.brindle.daemon.kernel.Wire.InitIn;
import dev.brindle.daemon.kernel.Wire.InitOut;
import dev.brindle.daemon.transport.MountException;

/**
 * What kernel and daemon agree on, by the first request of a mount. The kernel says what it can;
 * the answer says what of that is used. See the package's description for what and why.
 */
final class Negotiation {
  static final int MAJOR = 7;

  /** What is spoken here. A newer kernel speaks it too. */
  static final int MINOR = 41;

  /** Linux 5.4; what Debian 11's 5.10 speaks is 31 or 32. */
  static final int MINOR_MIN = 31;

  /**
   * Linux 6.16: there a page that is being written back is the page itself and not a copy, so that
   * invalidating waits for what was on its way before, too.
   */
  private static final int WRITES_AWAITED_MINOR = 44;

  /** Linux 5.14; since 5.13 the kernel knows what the flags of inodes are. */
  private static final int FLAG_RIGHTS_CHECKED_MINOR = 34;

  /** Linux 5.10; since 5.8, which has no number of its own. */
  private static final int COPIED_INTO_FORGOTTEN_MINOR = 32;

  /** What one request carries, in bytes; the kernel's bound is 256 pages unless root raised it. */
  static final int IO_BYTES_MAX = 1 << 20;

  /**
   * What one request reads at the most, in bytes: the mount's option. Half of the longest, so that
   * of a read of 1 MiB one half is on its way to the program while the disk is at the other; by
   * quarters the requests cost more than that gains.
   */
  static final int READ_BYTES_MAX = IO_BYTES_MAX / 2;

  private static final int PAGE_BYTES = 4096;
  private static final int BACKGROUND_REQUESTS_MAX = 64;
  private static final int CONGESTION_REQUESTS = 48;

  private static final long WANTED =
      InitFlags.ASYNC_READ
          | InitFlags.ATOMIC_O_TRUNC
          | InitFlags.BIG_WRITES
          | InitFlags.DO_READDIRPLUS
          | InitFlags.READDIRPLUS_AUTO
          | InitFlags.ASYNC_DIO
          | InitFlags.PARALLEL_DIROPS
          | InitFlags.ABORT_ERROR
          | InitFlags.MAX_PAGES
          | InitFlags.CACHE_SYMLINKS
          | InitFlags.DONT_MASK
          | InitFlags.POSIX_ACL
          | InitFlags.SETXATTR_EXT
          | InitFlags.HANDLE_KILLPRIV_V2;

  private final int kernelMinor;
  private final long offered;
  private final long flags;
  private final int readahead;

  private Negotiation(int kernelMinor, long offered, boolean cachesWrites, int readahead) {
    this.kernelMinor = kernelMinor;
    this.offered = offered;
    this.flags = offered & (cachesWrites ? WANTED | InitFlags.WRITEBACK_CACHE : WANTED);
    this.readahead = readahead;
  }

  /**
   * @param cachesWrites whether the kernel may acknowledge writes by itself, if it can hand them on
   *     when it is told to
   * @throws MountException when the kernel is too old
   */
  static Negotiation of(Request request, boolean cachesWrites) throws MountException {
    int major = request.u32(InitIn.MAJOR);
    int minor = request.u32(InitIn.MINOR);
    if (major != MAJOR || minor < MINOR_MIN) {
      throw new MountException(
          "this kernel speaks version %d.%d of the FUSE protocol, and %d.%d (Linux 5.4) is needed: mount with --transport=libfuse"
              .formatted(major, minor, MAJOR, MINOR_MIN));
    }
    long offered = Integer.toUnsignedLong(request.u32(InitIn.FLAGS));
    if ((offered & InitFlags.INIT_EXT) != 0 && request.bodyBytes() > InitIn.OLD_BYTES) {
      offered |= (long) request.u32(InitIn.FLAGS_HIGH) << Integer.SIZE;
    }
    return new Negotiation(
        minor,
        offered,
        cachesWrites && minor >= WRITES_AWAITED_MINOR,
        request.u32(InitIn.READAHEAD));
  }

  boolean has(long flag) {
    return (flags & flag) != 0;
  }

  /** Whether a name can be made to expire, instead of being dropped. */
  boolean namesExpire() {
    return (offered & InitFlags.HAS_EXPIRE_ONLY) != 0;
  }

  /** Whether the kernel has checked the right to set an inode's flags, for certain. */
  boolean checksFlagRights() {
    return kernelMinor >= FLAG_RIGHTS_CHECKED_MINOR;
  }

  /** Whether the kernel forgets by itself what it has of a file that was copied into. */
  boolean forgetsCopiedInto() {
    return kernelMinor >= COPIED_INTO_FORGOTTEN_MINOR;
  }

  /** What the kernel takes for one request's data, in bytes. */
  int ioBytesMax() {
    return has(InitFlags.MAX_PAGES) ? IO_BYTES_MAX : 32 * PAGE_BYTES;
  }

  void answer(Answer answer) {
    answer.zero(0, InitOut.BYTES);
    answer.u32(InitOut.MAJOR, MAJOR);
    answer.u32(InitOut.MINOR, MINOR);
    answer.u32(InitOut.READAHEAD, Math.max(readahead, IO_BYTES_MAX));
    answer.u32(InitOut.FLAGS, (int) flags);
    answer.u16(InitOut.BACKGROUND, BACKGROUND_REQUESTS_MAX);
    answer.u16(InitOut.CONGESTION, CONGESTION_REQUESTS);
    answer.u32(InitOut.WRITE_BYTES, ioBytesMax());
    answer.u32(InitOut.TIME_GRAIN, 1);
    answer.u16(InitOut.PAGES, ioBytesMax() / PAGE_BYTES);
    answer.u32(InitOut.FLAGS_HIGH, (int) (flags >>> Integer.SIZE));
    answer.send(InitOut.BYTES);
  }

  @Override
  public String toString() {
    return "protocol %d.%d, flags %x".formatted(MAJOR, Math.min(MINOR, kernelMinor), flags);
  }
}

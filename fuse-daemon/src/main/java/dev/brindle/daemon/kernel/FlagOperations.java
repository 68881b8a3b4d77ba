package dev.brindle.daemon.kernel;

import dev.brindle.daemon.kernel.Wire.IoctlIn;
import dev.brindle.daemon.kernel.Wire.IoctlOut;
import dev.brindle.daemon.kernel.Wire.Xflags;
import dev.brindle.namespace.Caller;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.InodeFlags;
import java.io.IOException;

/**
 * The flags of {@code lsattr} and {@code chattr}, for which the kernel asks by {@code ioctl}: in
 * the form of ext4 or in that of XFS. There are no other requests by {@code ioctl}.
 */
final class FlagOperations {
  private static final int GET_FLAGS = 0x80086601;
  private static final int SET_FLAGS = 0x40086602;
  private static final int GET_XFLAGS = 0x801c581f;
  private static final int SET_XFLAGS = 0x401c5820;

  /** A flag here, as {@code FS_IOC_GETFLAGS} and as {@code FS_IOC_FSGETXATTR} have it. */
  private enum Flag {
    IMMUTABLE(InodeFlags.IMMUTABLE, 0x10, 0x8),
    APPEND_ONLY(InodeFlags.APPEND_ONLY, 0x20, 0x10),
    NO_DUMP(InodeFlags.NO_DUMP, 0x40, 0x80),
    NO_ACCESS_TIME(InodeFlags.NO_ACCESS_TIME, 0x80, 0x40);

    final int here;
    final int flags;
    final int xflags;

    Flag(int here, int flags, int xflags) {
      this.here = here;
      this.flags = flags;
      this.xflags = xflags;
    }

    int of(boolean extended) {
      return extended ? xflags : flags;
    }
  }

  private final Served served;
  private final InodeFileSystem fileSystem;
  private final boolean kernelChecks;

  /**
   * @param kernelChecks whether who asks to set flags has the right to; kernels before Linux 5.13
   *     hand the request on from anybody who may open the file
   */
  FlagOperations(Served served, boolean kernelChecks) {
    this.served = served;
    this.kernelChecks = kernelChecks;
    this.fileSystem = served.fileSystem();
  }

  void ioctl(Request request, Answer answer) throws IOException {
    switch (request.u32(IoctlIn.COMMAND)) {
      case GET_FLAGS -> get(request, answer, false);
      case GET_XFLAGS -> get(request, answer, true);
      case SET_FLAGS -> set(request, answer, request.u32(IoctlIn.BYTES), false);
      case SET_XFLAGS -> setExtended(request, answer);
      default -> throw new FileSystemException(Errno.ENOTTY);
    }
  }

  private void get(Request request, Answer answer, boolean extended) throws IOException {
    int kept = fileSystem.getattr(request.node()).attributes().flags();
    int shown = 0;
    for (Flag flag : Flag.values()) {
      shown |= (kept & flag.here) == 0 ? 0 : flag.of(extended);
    }
    answer.zero(0, IoctlOut.BYTES + request.u32(IoctlIn.ROOM));
    answer.u32(IoctlOut.BYTES, shown);
    answer.send(IoctlOut.BYTES + request.u32(IoctlIn.ROOM));
  }

  private void set(Request request, Answer answer, int wanted, boolean extended)
      throws IOException {
    int left = wanted;
    int flags = 0;
    for (Flag flag : Flag.values()) {
      flags |= (wanted & flag.of(extended)) == 0 ? 0 : flag.here;
      left &= ~flag.of(extended);
    }
    if (left != 0) {
      throw new FileSystemException(Errno.EOPNOTSUPP);
    }
    if (!kernelChecks) {
      requireRight(request, flags);
    }
    // what was written before may still be written
    served.requireWriteBack(request.node());
    fileSystem.setFlags(request.caller(), request.node(), flags);
    answer.zero(0, IoctlOut.BYTES);
    answer.send(IoctlOut.BYTES);
  }

  /** The owner's, and root's alone for what keeps even the owner from a change. */
  private void requireRight(Request request, int flags) throws IOException {
    InodeAttributes found = fileSystem.getattr(request.node()).attributes();
    boolean changesRoots =
        ((found.flags() ^ flags) & (InodeFlags.IMMUTABLE | InodeFlags.APPEND_ONLY)) != 0;
    Caller caller = request.caller();
    if (!caller.isRoot() && (caller.uid() != found.uid() || changesRoots)) {
      throw new FileSystemException(Errno.EPERM);
    }
  }

  /** Extent sizes and projects are not kept. */
  private void setExtended(Request request, Answer answer) throws IOException {
    for (int at : new int[] {Xflags.EXTENT_SIZE, Xflags.PROJECT, Xflags.COW_EXTENT_SIZE}) {
      if (request.u32(IoctlIn.BYTES + at) != 0) {
        throw new FileSystemException(Errno.EOPNOTSUPP);
      }
    }
    set(request, answer, request.u32(IoctlIn.BYTES + Xflags.FLAGS), true);
  }
}

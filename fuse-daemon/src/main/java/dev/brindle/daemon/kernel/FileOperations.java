package dev.brindle.daemon.kernel;

import static dev.brindle.daemon.serve.AccessMode.isReadable;
import static dev.brindle.daemon.serve.AccessMode.isWritable;

import dev.brindle.daemon.host.FallocateFlags;
import dev.brindle.daemon.host.Host;
import dev.brindle.daemon.kernel.Wire.CreateIn;
import dev.brindle.daemon.kernel.Wire.FallocateIn;
import dev.brindle.daemon.kernel.Wire.FsyncIn;
import dev.brindle.daemon.kernel.Wire.LseekIn;
import dev.brindle.daemon.kernel.Wire.LseekOut;
import dev.brindle.daemon.kernel.Wire.OpenIn;
import dev.brindle.daemon.kernel.Wire.ReadIn;
import dev.brindle.daemon.kernel.Wire.ReleaseIn;
import dev.brindle.daemon.kernel.Wire.WriteIn;
import dev.brindle.daemon.serve.FileCreation;
import dev.brindle.daemon.serve.ForeignCuts.Reading;
import dev.brindle.daemon.serve.OpenedFiles.Pages;
import dev.brindle.namespace.Caller;
import dev.brindle.namespace.Entry;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.namespace.OpenFile;
import dev.brindle.store.AttributeChange;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree.Seek;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.InodeFlags;
import dev.brindle.store.Timestamp;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Files that are open. */
final class FileOperations {
  /** To have one page forgotten costs as much as reading some 100 KiB again. */
  private static final int LARGE_BYTES_MIN = 256 << 10;

  private static final int O_TRUNC = Host.LINUX.truncateFlag();
  private static final int O_APPEND = Host.LINUX.appendFlag();
  static final int O_NOATIME = Host.LINUX.noAccessTimeFlag();
  private static final int OPEN_KILL_SET_IDS = 1;
  private static final int WRITE_FROM_CACHE = 1;
  private static final int WRITE_KILL_SET_IDS = 1 << 2;
  private static final int DATA_ONLY = 1;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;

  private final Served served;
  private final InodeFileSystem fileSystem;
  private final Replies replies;
  private final Privileges privileges;
  private final FileCreation creation;
  private final DirectAppends directAppends = new DirectAppends();

  FileOperations(Served served, Replies replies, Privileges privileges) {
    this.served = served;
    this.fileSystem = served.fileSystem();
    this.replies = replies;
    this.privileges = privileges;
    creation = new FileCreation(fileSystem, Host.LINUX);
  }

  /**
   * Opens a file; O_TRUNC comes along (atomic_o_trunc). The pages that the kernel has of it stay
   * unless another mount has changed it since it was last opened here to be read: so an open sees
   * what another mount's close has left.
   */
  void open(Request request, Answer answer) throws IOException {
    long node = request.node();
    int flags = request.u32(OpenIn.FLAGS);
    if (served.cuts().refuses(node, request::thread)) {
      // what the kernel learns by its lookup it heeds only when it is told of nothing meanwhile
      served.invalidations().awaitTold(node);
      throw new FileSystemException(Errno.ESTALE);
    }
    InodeAttributes attributes = fileSystem.getattr(node).attributes();
    refuseUnlessAppending(attributes, flags);
    served
        .openedFiles()
        .open(
            node,
            attributes,
            notesReads(flags),
            pages -> open(request, answer, attributes.size(), pages));
  }

  private boolean open(Request request, Answer answer, long size, Pages pages) throws IOException {
    long node = request.node();
    int flags = request.u32(OpenIn.FLAGS);
    long handle = fileSystem.open(node, isWritable(flags));
    opened(handle, node, flags);
    boolean keepsPages;
    try {
      if ((flags & O_TRUNC) != 0) {
        truncate(request.caller(), node, request.u32(OpenIn.OPEN_FLAGS));
      }
      if (pages != Pages.GOOD && served.opensAfresh()) {
        served.notifier().attributesChanged(node);
      }
      keepsPages = keepsPages(node, flags, size, pages);
    } catch (IOException | RuntimeException | Error e) {
      unanswered(node, flags);
      releaseAfter(e, handle);
      throw e;
    }
    if (replies.opened(answer, handle, keepsPages ? Replies.KEEP_CACHE : 0)) {
      return true;
    }
    unanswered(node, flags);
    releaseFile(handle);
    return false;
  }

  /** A file may have been emptied, and the kernel is not told of it by an answer. */
  private void unanswered(long node, int flags) {
    if ((flags & O_TRUNC) != 0) {
      served.invalidations().ownContentChanged(node);
    }
  }

  /**
   * Whether what the kernel has of a file stays. Where this mount has changed it, a read from its
   * beginning is to come to the file system, which notes the access: a large file's first page
   * goes, and all of a small one. An opening that empties the file drops all, on kernels before
   * 5.15 by this answer alone; one that caches writes holds them back meanwhile, and would wait for
   * itself.
   */
  private boolean keepsPages(long node, int flags, long size, Pages pages) throws IOException {
    if ((flags & O_TRUNC) != 0) {
      return false;
    }
    if (pages == Pages.GOOD || !isReadable(flags)) {
      return true;
    }
    if (pages == Pages.UNKNOWN) {
      return false;
    }
    return !notesReads(flags) || (size >= LARGE_BYTES_MIN && served.forgetFirstPage(node));
  }

  /** A file that only grows is opened for nothing else. */
  private static void refuseUnlessAppending(InodeAttributes file, int flags)
      throws FileSystemException {
    boolean appends = (flags & O_APPEND) != 0 && (flags & O_TRUNC) == 0;
    boolean writes = isWritable(flags) || (flags & O_TRUNC) != 0;
    if (writes && !appends && (file.flags() & InodeFlags.APPEND_ONLY) != 0) {
      throw new FileSystemException(Errno.EPERM);
    }
  }

  private void opened(long handle, long node, int flags) throws IOException {
    if ((flags & O_NOATIME) != 0) {
      fileSystem.stopNotingAccess(handle);
    }
    if (isWritable(flags)) {
      served.writableHandles().opened(handle, node);
    }
  }

  private static boolean notesReads(int flags) {
    return isReadable(flags) && (flags & O_NOATIME) == 0;
  }

  private void releaseFile(long handle) throws IOException {
    served.writableHandles().released(handle);
    fileSystem.release(handle);
  }

  private void releaseAfter(Throwable fault, long handle) {
    try {
      releaseFile(handle);
    } catch (IOException | RuntimeException e) {
      fault.addSuppressed(e);
    }
  }

  private Entry truncate(Caller caller, long node, int openFlags) throws IOException {
    privileges.drop(node, (openFlags & OPEN_KILL_SET_IDS) != 0);
    return fileSystem.setattr(
        caller, node, new AttributeChange(null, null, null, 0L, null, Timestamp.now(), null));
  }

  /** Makes a file and opens it, or opens the one that another mount made meanwhile. */
  void create(Request request, Answer answer) throws IOException {
    OpenFile file =
        creation.open(
            maker(request),
            request.node(),
            request.name(CreateIn.BYTES),
            request.u32(CreateIn.MODE) & FileMode.PERMISSION_MASK,
            request.u32(CreateIn.FLAGS),
            node -> truncate(request.caller(), node, request.u32(CreateIn.OPEN_FLAGS)));
    created(request, answer, file);
  }

  /** O_TMPFILE: the name in the request means nothing. */
  void createUnnamed(Request request, Answer answer) throws IOException {
    int mode = request.u32(CreateIn.MODE) & FileMode.PERMISSION_MASK;
    created(request, answer, fileSystem.createUnnamed(maker(request), request.node(), mode));
  }

  private static Caller maker(Request request) {
    return request.caller().withUmask(request.u32(CreateIn.UMASK));
  }

  /**
   * Answers with a file that is open. Nothing here asks the store for anything, so nothing finds it
   * removed: the answer has its attributes as they were when it was made, and none of the
   * directory's. That they may be old by now is known from {@link Answer#changesBefore}.
   */
  private void created(Request request, Answer answer, OpenFile file) throws IOException {
    opened(file.handle(), file.entry().node(), request.u32(CreateIn.FLAGS));
    served.openedFiles().made(file.entry().node(), file.entry().attributes());
    if (!replies.created(answer, request.node(), file.entry(), file.handle(), 0)) {
      served.openedFiles().forget(file.entry().node());
      releaseFile(file.handle());
    }
  }

  void read(Request request, Answer answer) throws IOException {
    int size = request.u32(ReadIn.SIZE);
    long offset = request.u64(ReadIn.OFFSET);
    try (Reading reading = served.cuts().begin(request.node(), offset)) {
      int count = fileSystem.read(request.u64(ReadIn.HANDLE), offset, answer.room(size));
      if (reading != null && count < size) {
        reading.awaitEarlier();
      }
      answer.send(count);
    }
  }

  /**
   * Writes. With O_APPEND the kernel sends the offset that it takes for the end; another mount may
   * have moved it, so the file system decides, and the kernel is to forget that it took the bytes
   * to stand there. What comes from the page cache goes where it was written, though the handle may
   * be anybody's. A kernel that caches writes knows the end best: it may hold what comes before.
   *
   * <p>Past the page cache (O_DIRECT) the kernel drops the pages before a write, and after it only
   * when the program waits for it; with aio(7) and io_uring(7) somebody may have read them
   * meanwhile.
   */
  void write(Request request, Answer answer) throws IOException {
    int length = request.u32(WriteIn.SIZE);
    int writeFlags = request.u32(WriteIn.WRITE_FLAGS);
    long handle = request.u64(WriteIn.HANDLE);
    ByteBuffer data = request.data(WriteIn.BYTES, length);
    long offset = request.u64(WriteIn.OFFSET);
    boolean fromCache = (writeFlags & WRITE_FROM_CACHE) != 0;
    int openFlags = request.u32(WriteIn.FLAGS);
    boolean appends = (openFlags & O_APPEND) != 0;
    boolean isDirect = (openFlags & Native.O_DIRECT) != 0;
    boolean kernelKeeps = served.caching().writes();
    if (fromCache && kernelKeeps) {
      dropPrivileges(request);
      fileSystem.writeBack(handle, offset, data);
      served.writableHandles().pagesCame(request.node());
    } else if (appends && !fromCache && !kernelKeeps) {
      long place =
          isDirect ? appendInOrder(request, handle, offset, data) : append(request, handle, data);
      if (place != offset) {
        served.invalidations().ownContentChanged(request.node());
        served.invalidations().awaitTold(request.node());
      }
    } else {
      dropPrivileges(request);
      fileSystem.write(handle, offset, data);
    }
    if (isDirect) {
      served.invalidations().ownContentChanged(request.node());
    }
    if (isDirect && !fromCache) {
      syncIfWanted(handle, openFlags);
    }
    Replies.number(answer, length);
  }

  private void dropPrivileges(Request request) throws IOException {
    int flags = request.u32(WriteIn.WRITE_FLAGS);
    privileges.drop(request.node(), (flags & WRITE_KILL_SET_IDS) != 0);
  }

  private long append(Request request, long handle, ByteBuffer data) throws IOException {
    dropPrivileges(request);
    return fileSystem.append(handle, data);
  }

  /** Nothing comes before it has its turn: what is received later must find it waiting for that. */
  private long appendInOrder(Request request, long handle, long offset, ByteBuffer data)
      throws IOException {
    long node = request.node();
    return directAppends.append(
        node,
        offset,
        () -> fileSystem.getattr(node).attributes().size(),
        () -> append(request, handle, data));
  }

  /**
   * With O_DSYNC and O_SYNC an fsync follows a write that the program waits for. The answer to one
   * past the page cache may be all that it gets, by aio(7) and io_uring(7).
   */
  private void syncIfWanted(long handle, int openFlags) throws IOException {
    if ((openFlags & Native.O_DSYNC) != 0) {
      fileSystem.fsync(handle, (openFlags & Native.O_SYNC) != Native.O_SYNC);
    }
  }

  void release(Request request, Answer answer) throws IOException {
    served.removedNodes().closing(request.node());
    releaseFile(request.u64(ReleaseIn.HANDLE));
    answer.success();
  }

  void fsync(Request request, Answer answer) throws IOException {
    fileSystem.fsync(request.u64(FsyncIn.HANDLE), (request.u32(FsyncIn.FLAGS) & DATA_ONLY) != 0);
    answer.success();
  }

  void fallocate(Request request, Answer answer) throws IOException {
    privileges.drop(request.node(), !request.caller().isRoot());
    try {
      fileSystem.fallocate(
          request.u64(FallocateIn.HANDLE),
          FallocateFlags.mode(request.u32(FallocateIn.MODE)),
          request.u64(FallocateIn.OFFSET),
          request.u64(FallocateIn.LENGTH));
    } catch (IOException | RuntimeException | Error e) {
      served.invalidations().ownContentChanged(request.node());
      throw e;
    }
    answer.success();
  }

  /**
   * Pages that a mapping made dirty are written back first: they are data. Where that cannot be,
   * all up to the end is taken for data, as lseek(2) lets a file system do.
   */
  void lseek(Request request, Answer answer) throws IOException {
    Seek whence =
        switch (request.u32(LseekIn.WHENCE)) {
          case SEEK_DATA -> Seek.DATA;
          case SEEK_HOLE -> Seek.HOLE;
          default -> throw new FileSystemException(Errno.EINVAL);
        };
    long offset = request.u64(LseekIn.OFFSET);
    long found =
        served.writeBack(request.node())
            ? fileSystem.seek(request.u64(LseekIn.HANDLE), offset, whence)
            : seekWithoutHoles(request.node(), offset, whence);
    answer.u64(LseekOut.OFFSET, found);
    answer.send(LseekOut.BYTES);
  }

  private long seekWithoutHoles(long node, long offset, Seek whence) throws IOException {
    long size = fileSystem.getattr(node).attributes().size();
    if (offset < 0 || offset >= size) {
      throw new FileSystemException(Errno.ENXIO);
    }
    return whence == Seek.DATA ? offset : size;
  }
}

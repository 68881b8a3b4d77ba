package dev.brindle.daemon.kernel;

import dev.brindle.daemon.kernel.Wire.BatchForgetIn;
import dev.brindle.daemon.kernel.Wire.ForgetIn;
import dev.brindle.daemon.kernel.Wire.InterruptIn;
import dev.brindle.daemon.kernel.Wire.WriteIn;
import dev.brindle.daemon.serve.Faults;
import dev.brindle.daemon.serve.OperationWatch;
import dev.brindle.daemon.serve.WorkerSession;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import java.io.IOException;

/**
 * Sends each request to its operation and stands around it: whatever one throws ends here, as the
 * caller's error number and, where it is a fault, in the log. A Java {@link Error} stops the mount
 * as well: what state the process is in is not known then.
 */
final class Dispatcher {
  private static final int BRIEF_WRITE_BYTES_MAX = 64 << 10;

  private final Faults faults;
  private final WorkerSession mount;
  private final OperationWatch watch = OperationWatch.ofProcess();
  private final Served served;
  private final NameOperations names;
  private final FileOperations files;
  private final CopyOperation copies;
  private final AttributeOperations attributes;
  private final DirectoryOperations directories;
  private final XattrOperations xattrs;
  private final FlagOperations flags;

  Dispatcher(Faults faults, WorkerSession mount, Served served, Negotiation agreed) {
    this.faults = faults;
    this.mount = mount;
    this.served = served;
    Replies replies = new Replies(served);
    Privileges privileges = new Privileges(served.fileSystem(), served.notifier());
    names = new NameOperations(served, replies);
    files = new FileOperations(served, replies, privileges);
    copies = new CopyOperation(served, privileges, agreed.forgetsCopiedInto());
    attributes = new AttributeOperations(served, replies, privileges);
    directories = new DirectoryOperations(served, replies);
    flags = new FlagOperations(served, agreed.checksFlagRights());
    xattrs = new XattrOperations(served.fileSystem(), agreed.has(InitFlags.SETXATTR_EXT));
  }

  /**
   * Whether a request is handled in less time than another thread takes to wake up, as a rule, and
   * without the kernel's help, which an opening needs seldom. Not those that wait for the disk, or
   * carry much; nor what takes or deletes a snapshot, for which the kernel writes back what is
   * dirty.
   */
  boolean isBrief(Request request) {
    return switch (request.opcode()) {
      case Opcode.LOOKUP,
          Opcode.FORGET,
          Opcode.BATCH_FORGET,
          Opcode.GETATTR,
          Opcode.STATX,
          Opcode.SETATTR,
          Opcode.READLINK,
          Opcode.SYMLINK,
          Opcode.MKNOD,
          Opcode.UNLINK,
          Opcode.LINK,
          Opcode.OPEN,
          Opcode.CREATE,
          Opcode.RELEASE,
          Opcode.STATFS,
          Opcode.SETXATTR,
          Opcode.GETXATTR,
          Opcode.LISTXATTR,
          Opcode.REMOVEXATTR,
          Opcode.OPENDIR,
          Opcode.READDIR,
          Opcode.READDIRPLUS,
          Opcode.RELEASEDIR,
          Opcode.INTERRUPT ->
          true;
      case Opcode.MKDIR, Opcode.RMDIR, Opcode.RENAME, Opcode.RENAME2 ->
          !served.fileSystem().isVolatile(request.node());
      case Opcode.WRITE -> request.u32(WriteIn.SIZE) <= BRIEF_WRITE_BYTES_MAX;
      default -> false;
    };
  }

  /**
   * Whether the kernel may be answered before a request is done: those that wait for the disk and
   * leave nothing else than they found, as the kernel knows it.
   */
  boolean isAnswerableBefore(Request request) {
    return switch (request.opcode()) {
      case Opcode.FSYNC, Opcode.FSYNCDIR, Opcode.SYNCFS -> true;
      case Opcode.MKDIR, Opcode.RMDIR, Opcode.RENAME, Opcode.RENAME2 ->
          served.fileSystem().isVolatile(request.node());
      default -> false;
    };
  }

  /**
   * Whether a request does not take long either, but may have to wait for the disk: others do not
   * wait for it where there are any.
   */
  boolean isShort(Request request) {
    return switch (request.opcode()) {
      case Opcode.READ, Opcode.FSYNC -> true;
      default -> false;
    };
  }

  void dispatch(Request request, Answer answer) {
    int opcode = request.opcode();
    watch.begin(faults.mount(), Opcode.name(opcode), request.node());
    try {
      if (mount.isStopped()) {
        refuse(opcode, answer);
        return;
      }
      answer.readsAfter(served.invalidations().changes());
      run(opcode, request, answer);
      if (answer.isPending()) {
        throw new IllegalStateException(Opcode.name(opcode) + " gave no answer");
      }
    } catch (Throwable fault) {
      fail(opcode, request, answer, fault);
    } finally {
      watch.end();
    }
  }

  /** The file system may be closed already: it is not told to let go of anything either. */
  private void refuse(int opcode, Answer answer) {
    if (Opcode.isForget(opcode)) {
      answer.none();
    } else {
      answer.error(faults.number(Errno.EIO));
    }
  }

  private void fail(int opcode, Request request, Answer answer, Throwable fault) {
    int number =
        isGone(opcode, fault)
            ? faults.number(Errno.ESTALE)
            : faults.number(Opcode.name(opcode), request.node(), fault);
    if (answer.isPending()) {
      answer.error(number);
    }
    if (fault instanceof Error error) {
      mount.stop(error);
    }
  }

  /**
   * An operation on what the kernel has looked up before. Where that is gone, removed or replaced
   * since, ESTALE has the kernel look its path up again: whoever opens a name that another process
   * renames something onto gets the one or the other, and ENOENT only when there is neither.
   */
  private static boolean isGone(int opcode, Throwable fault) {
    return fault instanceof FileSystemException refused
        && refused.errno() == Errno.ENOENT
        && switch (opcode) {
          case Opcode.GETATTR,
              Opcode.STATX,
              Opcode.SETATTR,
              Opcode.READLINK,
              Opcode.OPEN,
              Opcode.OPENDIR,
              Opcode.SETXATTR,
              Opcode.GETXATTR,
              Opcode.LISTXATTR,
              Opcode.REMOVEXATTR ->
              true;
          default -> false;
        };
  }

  private void run(int opcode, Request request, Answer answer) throws IOException {
    switch (opcode) {
      case Opcode.LOOKUP -> names.lookup(request, answer);
      case Opcode.GETATTR -> attributes.getattr(request, answer);
      case Opcode.STATX -> attributes.statx(request, answer);
      case Opcode.SETATTR -> attributes.setattr(request, answer);
      case Opcode.READLINK -> attributes.readlink(request, answer);
      case Opcode.STATFS -> attributes.statfs(request, answer);
      case Opcode.SYNCFS -> attributes.syncfs(request, answer);
      case Opcode.MKNOD -> names.mknod(request, answer);
      case Opcode.MKDIR -> names.mkdir(request, answer);
      case Opcode.SYMLINK -> names.symlink(request, answer);
      case Opcode.LINK -> names.link(request, answer);
      case Opcode.UNLINK -> names.unlink(request, answer);
      case Opcode.RMDIR -> names.rmdir(request, answer);
      case Opcode.RENAME -> names.rename(request, answer);
      case Opcode.RENAME2 -> names.rename2(request, answer);
      case Opcode.SETXATTR -> xattrs.setxattr(request, answer);
      case Opcode.GETXATTR -> xattrs.getxattr(request, answer);
      case Opcode.LISTXATTR -> xattrs.listxattr(request, answer);
      case Opcode.IOCTL -> flags.ioctl(request, answer);
      case Opcode.REMOVEXATTR -> xattrs.removexattr(request, answer);
      default -> runOnOpen(opcode, request, answer);
    }
  }

  private void runOnOpen(int opcode, Request request, Answer answer) throws IOException {
    switch (opcode) {
      case Opcode.OPEN -> files.open(request, answer);
      case Opcode.CREATE -> files.create(request, answer);
      case Opcode.TMPFILE -> files.createUnnamed(request, answer);
      case Opcode.READ -> files.read(request, answer);
      case Opcode.WRITE -> files.write(request, answer);
      case Opcode.RELEASE -> files.release(request, answer);
      case Opcode.FSYNC -> files.fsync(request, answer);
      case Opcode.FALLOCATE -> files.fallocate(request, answer);
      case Opcode.LSEEK -> files.lseek(request, answer);
      case Opcode.COPY_FILE_RANGE -> copies.copy(request, answer);
      case Opcode.OPENDIR -> directories.opendir(request, answer);
      case Opcode.READDIR -> directories.readdir(request, answer);
      case Opcode.READDIRPLUS -> directories.readdirplus(request, answer);
      case Opcode.RELEASEDIR -> directories.releasedir(request, answer);
      case Opcode.FSYNCDIR -> directories.fsyncdir(request, answer);
      case Opcode.FORGET, Opcode.BATCH_FORGET -> forget(opcode, request, answer);
      case Opcode.INTERRUPT -> interrupt(request, answer);
      case Opcode.DESTROY -> answer.success();
      default -> answer.error(faults.number(Errno.ENOSYS));
    }
  }

  private void interrupt(Request request, Answer answer) {
    answer.none();
    served.interrupts().add(request.u64(InterruptIn.UNIQUE));
  }

  private void forget(int opcode, Request request, Answer answer) {
    answer.none();
    if (opcode == Opcode.FORGET) {
      served.removedNodes().forget(request.node(), request.u64(ForgetIn.LOOKUPS));
      return;
    }
    int count = request.u32(BatchForgetIn.COUNT);
    for (int i = 0; i < count; i++) {
      int at = BatchForgetIn.BYTES + i * BatchForgetIn.ONE_BYTES;
      served
          .removedNodes()
          .forget(
              request.u64(at + BatchForgetIn.ONE_NODE),
              request.u64(at + BatchForgetIn.ONE_LOOKUPS));
    }
  }
}

package dev.brindle.daemon.libfuse;

import dev.brindle.daemon.libfuse.OperationTable.Slot;
import dev.brindle.daemon.serve.Faults;
import dev.brindle.daemon.serve.OperationWatch;
import dev.brindle.daemon.serve.WorkerSession;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;

/**
 * Registers the operations with libfuse and stands around each of them: whatever one throws ends
 * here, as the caller's error number and, where it is a fault, in the log. (A Throwable that leaves
 * a callback would otherwise vanish in jnr-ffi.) A Java {@link Error} stops the mount as well: what
 * state the process is in is not known then.
 */
final class Dispatcher {
  private final Faults faults;
  private final WorkerSession mount;
  private final OperationWatch watch = OperationWatch.ofProcess();

  private interface Body {
    void run(Worker worker) throws Exception;
  }

  Dispatcher(Faults faults, WorkerSession mount) {
    this.faults = faults;
    this.mount = mount;
  }

  void register(OperationTable table, Operations ops, XattrOperations xattrs) {
    table.set(
        Slot.LOOKUP,
        (r, parent, name) -> run("lookup", r, parent, w -> ops.lookup(w, r, parent, name)));
    table.set(
        Slot.GETATTR, (r, node, fi) -> runOnNode("getattr", r, node, w -> ops.getattr(w, r, node)));
    table.set(
        Slot.SETATTR,
        (r, node, stat, bits, fi) ->
            runOnNode("setattr", r, node, w -> ops.setattr(w, r, node, stat, (int) bits)));
    table.set(
        Slot.READLINK, (r, node) -> runOnNode("readlink", r, node, w -> ops.readlink(w, r, node)));
    table.set(
        Slot.MKNOD,
        (r, parent, name, mode, device) ->
            run("mknod", r, parent, w -> ops.mknod(w, r, parent, name, mode(mode), (int) device)));
    table.set(
        Slot.MKDIR,
        (r, parent, name, mode) ->
            run("mkdir", r, parent, w -> ops.mkdir(w, r, parent, name, mode(mode))));
    table.set(
        Slot.UNLINK,
        (r, parent, name) -> run("unlink", r, parent, w -> ops.unlink(w, r, parent, name)));
    table.set(
        Slot.RMDIR,
        (r, parent, name) -> run("rmdir", r, parent, w -> ops.rmdir(w, r, parent, name)));
    table.set(
        Slot.SYMLINK,
        (r, target, parent, name) ->
            run("symlink", r, parent, w -> ops.symlink(w, r, target, parent, name)));
    table.set(
        Slot.RENAME,
        (r, parent, name, newParent, newName) ->
            run("rename", r, parent, w -> ops.rename(w, r, parent, name, newParent, newName)));
    table.set(
        Slot.LINK,
        (r, node, newParent, newName) ->
            run("link", r, node, w -> ops.link(w, r, node, newParent, newName)));
    registerFiles(table, ops);
    registerDirectories(table, ops);
    registerXattrs(table, xattrs);
  }

  private void registerFiles(OperationTable table, Operations ops) {
    table.set(
        Slot.OPEN, (r, node, fi) -> runOnNode("open", r, node, w -> ops.open(w, r, node, fi)));
    table.set(
        Slot.CREATE,
        (r, parent, name, mode, fi) ->
            run("create", r, parent, w -> ops.create(w, r, parent, name, mode(mode), fi)));
    table.set(
        Slot.READ,
        (r, node, size, offset, fi) ->
            run("read", r, node, w -> ops.read(w, r, node, size, offset, fi)));
    table.set(
        Slot.WRITE,
        (r, node, bytes, size, offset, fi) ->
            run("write", r, node, w -> ops.write(w, r, node, bytes, size, offset, fi)));
    table.set(
        Slot.RELEASE, (r, node, fi) -> run("release", r, node, w -> ops.release(w, r, node, fi)));
    table.set(
        Slot.FSYNC,
        (r, node, dataOnly, fi) ->
            run("fsync", r, node, w -> ops.fsync(w, r, node, (int) dataOnly, fi)));
    table.set(
        Slot.FALLOCATE,
        (r, node, flags, offset, length, fi) ->
            run(
                "fallocate",
                r,
                node,
                w -> ops.fallocate(w, r, node, (int) flags, offset, length, fi)));
  }

  private void registerDirectories(OperationTable table, Operations ops) {
    table.set(
        Slot.OPENDIR,
        (r, node, fi) -> runOnNode("opendir", r, node, w -> ops.opendir(w, r, node, fi)));
    table.set(
        Slot.READDIR,
        (r, node, size, offset, fi) ->
            run("readdir", r, node, w -> ops.readdir(w, r, node, size, offset, fi)));
    table.set(
        Slot.RELEASEDIR,
        (r, node, fi) -> run("releasedir", r, node, w -> ops.releasedir(w, r, node, fi)));
    table.set(
        Slot.FSYNCDIR,
        (r, node, dataOnly, fi) ->
            run("fsyncdir", r, node, w -> ops.fsyncdir(w, r, node, (int) dataOnly, fi)));
    table.set(Slot.STATFS, (r, node) -> run("statfs", r, node, w -> ops.statfs(w, r, node)));
  }

  private void registerXattrs(OperationTable table, XattrOperations ops) {
    table.set(
        Slot.SETXATTR,
        (r, node, name, value, size, flags) ->
            runOnNode(
                "setxattr",
                r,
                node,
                w -> ops.setxattr(w, r, node, name, value, size, (int) flags)));
    table.set(
        Slot.GETXATTR,
        (r, node, name, size) ->
            runOnNode("getxattr", r, node, w -> ops.getxattr(w, r, node, name, size)));
    table.set(
        Slot.LISTXATTR,
        (r, node, size) -> runOnNode("listxattr", r, node, w -> ops.listxattr(w, r, node, size)));
    table.set(
        Slot.REMOVEXATTR,
        (r, node, name) ->
            runOnNode("removexattr", r, node, w -> ops.removexattr(w, r, node, name)));
  }

  /** {@code mode_t} is 16 bits on macOS: what is above them is not the caller's. */
  private static int mode(long mode) {
    return (int) mode & 0xFFFF;
  }

  /**
   * An operation on what the kernel has looked up before. Where that is gone, removed or replaced
   * since, ESTALE has the kernel look its path up again: whoever opens a name that another process
   * renames something onto gets the one or the other, and ENOENT only when there is neither.
   */
  private void runOnNode(String operation, long request, long node, Body body) {
    run(
        operation,
        request,
        node,
        worker -> {
          try {
            body.run(worker);
          } catch (FileSystemException e) {
            throw e.errno() == Errno.ENOENT ? new FileSystemException(Errno.ESTALE) : e;
          }
        });
  }

  private void run(String operation, long request, long node, Body body) {
    Worker worker = Worker.current();
    Reply reply = worker.reply();
    reply.begin(request);
    if (mount.isStopped()) {
      reply.error(faults.number(Errno.EIO));
      return;
    }
    watch.begin(faults.mount(), operation, node);
    try {
      body.run(worker);
      if (reply.isPending()) {
        throw new IllegalStateException(operation + " gave no answer");
      }
    } catch (Throwable fault) {
      fail(operation, node, reply, fault);
    } finally {
      watch.end();
    }
  }

  private void fail(String operation, long node, Reply reply, Throwable fault) {
    int number = faults.number(operation, node, fault);
    if (reply.isPending()) {
      reply.error(number);
    }
    if (fault instanceof Error error) {
      mount.stop(error);
    }
  }
}

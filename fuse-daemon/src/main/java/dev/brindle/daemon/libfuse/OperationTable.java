package dev.brindle.daemon.libfuse;

import dev.brindle.daemon.libfuse.FuseCallbacks.Callback2;
import dev.brindle.daemon.libfuse.FuseCallbacks.Callback3;
import dev.brindle.daemon.libfuse.FuseCallbacks.Callback4;
import dev.brindle.daemon.libfuse.FuseCallbacks.Callback5;
import dev.brindle.daemon.libfuse.FuseCallbacks.Callback6;
import dev.brindle.daemon.serve.NativeBuffer;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * {@code struct fuse_lowlevel_ops}: a table of function pointers, in the order of libfuse 2.9's
 * header. What is not set stays null, and libfuse answers ENOSYS (or, for forget, nothing), which
 * is how the kernel learns not to ask again.
 */
final class OperationTable {
  /** The table's slots, in order; macFUSE has more behind them, which stay null. */
  enum Slot {
    INIT,
    DESTROY,
    LOOKUP,
    FORGET,
    GETATTR,
    SETATTR,
    READLINK,
    MKNOD,
    MKDIR,
    UNLINK,
    RMDIR,
    SYMLINK,
    RENAME,
    LINK,
    OPEN,
    READ,
    WRITE,
    FLUSH,
    RELEASE,
    FSYNC,
    OPENDIR,
    READDIR,
    RELEASEDIR,
    FSYNCDIR,
    STATFS,
    SETXATTR,
    GETXATTR,
    LISTXATTR,
    REMOVEXATTR,
    ACCESS,
    CREATE,
    GETLK,
    SETLK,
    BMAP,
    IOCTL,
    POLL,
    WRITE_BUF,
    RETRIEVE_REPLY,
    FORGET_MULTI,
    FLOCK,
    FALLOCATE
  }

  private final NativeBuffer memory = new NativeBuffer(Slot.values().length * Long.BYTES);

  /** A closure lives as long as the object it calls. */
  private final List<Object> callbacks = new ArrayList<>();

  private final List<Pointer> closures = new ArrayList<>();

  long address() {
    return memory.address();
  }

  int size() {
    return memory.size();
  }

  void set(Slot slot, Callback2 callback) {
    set(slot, Callback2.class, callback);
  }

  void set(Slot slot, Callback3 callback) {
    set(slot, Callback3.class, callback);
  }

  void set(Slot slot, Callback4 callback) {
    set(slot, Callback4.class, callback);
  }

  void set(Slot slot, Callback5 callback) {
    set(slot, Callback5.class, callback);
  }

  void set(Slot slot, Callback6 callback) {
    set(slot, Callback6.class, callback);
  }

  private <T> void set(Slot slot, Class<T> type, T callback) {
    Pointer closure =
        Runtime.getSystemRuntime().getClosureManager().getClosurePointer(type, callback);
    callbacks.add(callback);
    closures.add(closure);
    memory.bytes().putLong(slot.ordinal() * Long.BYTES, closure.address());
  }
}

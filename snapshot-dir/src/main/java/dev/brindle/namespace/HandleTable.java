package dev.brindle.namespace;

import dev.brindle.namespace.Handle.Use;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FirstFailure;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The open files and directories of one mount by number. Numbers are counted up from 1 and never
 * used twice, so a late call with a released handle is EBADF and never another file's.
 */
final class HandleTable {
  /** A handle takes some 125 bytes of heap, and of these there is a bound for all. */
  static final int HANDLES_MAX = 1 << 19;

  private final ConcurrentMap<Long, Handle> handles = new ConcurrentHashMap<>();
  private final AtomicLong last = new AtomicLong();

  long add(Handle handle) {
    long number = last.incrementAndGet();
    handles.put(number, handle);
    return number;
  }

  /**
   * To be called before something is opened. Handles that keep what was removed are let in all the
   * same.
   *
   * @throws FileSystemException ENFILE
   */
  void refuseMore() throws FileSystemException {
    if (handles.size() >= HANDLES_MAX) {
      throw new FileSystemException(
          Errno.ENFILE, "this mount has " + HANDLES_MAX + " files and directories open");
    }
  }

  Handle get(long number) throws FileSystemException {
    Handle handle = handles.get(number);
    if (handle == null) {
      throw new FileSystemException(Errno.EBADF);
    }
    return handle;
  }

  /** EISDIR for a directory's handle. */
  Handle file(long number) throws FileSystemException {
    Handle handle = get(number);
    if (handle.use() == Use.LIST) {
      throw new FileSystemException(Errno.EISDIR);
    }
    return handle;
  }

  /** ENOTDIR for a file's handle. */
  Handle directory(long number) throws FileSystemException {
    Handle handle = get(number);
    if (handle.use() != Use.LIST) {
      throw new FileSystemException(Errno.ENOTDIR);
    }
    return handle;
  }

  /** From now on reading by a handle marks no access time. */
  void stopNotingAccess(long number) throws FileSystemException {
    if (handles.computeIfPresent(number, (key, handle) -> handle.withoutAccess()) == null) {
      throw new FileSystemException(Errno.EBADF);
    }
  }

  /** Ends a handle: of several calls at once with one number, one succeeds. */
  void release(long number) throws IOException {
    Handle handle = handles.remove(number);
    if (handle == null) {
      throw new FileSystemException(Errno.EBADF);
    }
    handle.release();
  }

  /** Ends all handles; goes on after a failure and throws the first. */
  void releaseAll() throws IOException {
    FirstFailure failures = new FirstFailure();
    for (Long number : handles.keySet()) {
      Handle handle = handles.remove(number);
      try {
        if (handle != null) {
          handle.release();
        }
      } catch (IOException e) {
        failures.note(e);
      }
    }
    failures.throwIfAny();
  }
}

package dev.brindle.daemon.kernel;

import jnr.ffi.Pointer;

/**
 * The functions of libc by their C names. Pointers, {@code size_t} and {@code ssize_t} are longs:
 * the platforms are LP64. A function that fails returns -1, with {@code errno} in {@link
 * jnr.ffi.LastError}. Public only because jnr-ffi implements it by a class of its own.
 */
public interface LibC {
  int open(long path, int flags);

  int close(int descriptor);

  long read(int descriptor, long buffer, long count);

  long write(int descriptor, long buffer, long count);

  int fcntl(int descriptor, int command, long argument);

  int ioctl(int descriptor, long request, long argument);

  int poll(long descriptors, long count, int timeoutMillis);

  int mount(long source, long target, long type, long flags, long data);

  int socketpair(int domain, int type, int protocol, long descriptors);

  int pipe(long descriptors);

  long recvmsg(int socket, long message, int flags);

  int syncfs(int descriptor);

  /**
   * The last two are pointers, since jnr-ffi 2.2 on x86-64 loses the sixth of six numbers.
   * (Measured: the environment came as another address.)
   */
  int posix_spawnp(
      long processId,
      long file,
      long actions,
      long attributes,
      Pointer arguments,
      Pointer environment);

  int posix_spawn_file_actions_init(long actions);

  int posix_spawn_file_actions_adddup2(long actions, int descriptor, int newDescriptor);

  int posix_spawn_file_actions_destroy(long actions);

  int waitpid(int processId, long status, int options);

  /** The text of an error number; a C string that is not the caller's. */
  String strerror(int errno);
}

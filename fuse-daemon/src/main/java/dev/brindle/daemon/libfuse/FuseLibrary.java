package dev.brindle.daemon.libfuse;

/**
 * The functions of libfuse 2's low-level interface, by their C names. Pointers, {@code size_t},
 * {@code off_t} and {@code fuse_ino_t} are longs: both platforms are LP64. Public only because
 * jnr-ffi implements it by a class of its own.
 */
@SuppressWarnings("MemberName")
public interface FuseLibrary {
  /** Opens the device and mounts; 0 when it failed, with a message on standard error. */
  long fuse_mount(long mountPoint, long args);

  /** Parses the options and makes a session of the operations; 0 when it failed. */
  long fuse_lowlevel_new(long args, long operations, long operationsBytes, long userData);

  void fuse_session_add_chan(long session, long channel);

  /** Closes the channel's descriptor too. */
  void fuse_session_destroy(long session);

  void fuse_session_exit(long session);

  int fuse_session_exited(long session);

  /** Waits for a request; its size, 0 at the end of the session, or a negative errno. */
  int fuse_session_receive_buf(long session, long buffer, long channelPointer);

  /** Calls the operation that the request asks for. */
  void fuse_session_process_buf(long session, long buffer, long channel);

  long fuse_chan_bufsize(long channel);

  int fuse_chan_fd(long channel);

  /** {@code struct fuse_ctx}: uid, gid, pid, umask. */
  long fuse_req_ctx(long request);

  int fuse_reply_err(long request, int errno);

  int fuse_reply_entry(long request, long entry);

  int fuse_reply_create(long request, long entry, long fileInfo);

  int fuse_reply_attr(long request, long stat, double timeoutSeconds);

  int fuse_reply_open(long request, long fileInfo);

  int fuse_reply_write(long request, long count);

  int fuse_reply_buf(long request, long bytes, long count);

  int fuse_reply_statfs(long request, long statvfs);

  int fuse_reply_xattr(long request, long count);

  int fuse_lowlevel_notify_inval_inode(long channel, long inode, long offset, long length);
}

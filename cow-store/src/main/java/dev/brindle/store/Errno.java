package dev.brindle.store;

/**
 * The errors of POSIX that a file system operation can end in. The numbers are not here: they
 * differ between Linux and macOS, and a transport maps the constant to its platform's number.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/errno.3.html">errno(3)</a>
 */
public enum Errno {
  EPERM,
  ENOENT,
  EINTR,
  EIO,
  ENXIO,
  E2BIG,
  EBADF,
  EACCES,
  EBUSY,
  EEXIST,
  EXDEV,
  ENODEV,
  ENOTTY,
  ENOTDIR,
  EISDIR,
  EINVAL,
  EFBIG,
  ENOSPC,
  EROFS,
  EMLINK,
  ENFILE,
  ERANGE,
  ENAMETOOLONG,
  ENOTEMPTY,
  ELOOP,
  EOVERFLOW,
  ENOSYS,
  EOPNOTSUPP,
  EDQUOT,
  ESTALE,
  /** No such extended attribute: ENODATA on Linux, ENOATTR on macOS. */
  ENODATA
}

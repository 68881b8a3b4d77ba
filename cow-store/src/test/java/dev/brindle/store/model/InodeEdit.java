package dev.brindle.store.model;

import static dev.brindle.store.Errno.E2BIG;
import static dev.brindle.store.Errno.EACCES;
import static dev.brindle.store.Errno.EBADF;
import static dev.brindle.store.Errno.EEXIST;
import static dev.brindle.store.Errno.EFBIG;
import static dev.brindle.store.Errno.EINVAL;
import static dev.brindle.store.Errno.EISDIR;
import static dev.brindle.store.Errno.ENODATA;
import static dev.brindle.store.Errno.ENODEV;
import static dev.brindle.store.Errno.EOPNOTSUPP;
import static dev.brindle.store.Errno.EPERM;
import static dev.brindle.store.Errno.ERANGE;
import static dev.brindle.store.InodeFlags.IMMUTABLE;
import static dev.brindle.store.InodeFlags.UNCHANGEABLE;
import static dev.brindle.store.WritableFileTree.FallocateMode.ALLOCATE_KEEP_SIZE;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.InodeFlags;
import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree.FallocateMode;
import dev.brindle.store.WritableFileTree.XattrMode;

/** The changes of one inode of the model: attributes, data, extended attributes. */
final class InodeEdit {
  private static final int XATTR_BYTES_MAX = 65_536;

  private InodeEdit() {}

  static ModelInode setattr(ModelInode inode, AttributeChange change, ModelTime now) {
    Long size = change.size();
    Refused.when(size != null && inode.isDirectory(), EISDIR, EINVAL)
        .when(size != null && !inode.isRegular(), EINVAL)
        .when(size != null && size < 0, EINVAL)
        .when(inode.has(UNCHANGEABLE), EPERM)
        .check();
    ModelInode result = inode.changed(now);
    if (change.uid() != null || change.gid() != null) {
      result =
          withoutPrivileges(result)
              .withOwner(
                  change.uid() == null ? inode.uid() : change.uid(),
                  change.gid() == null ? inode.gid() : change.gid());
    }
    if (size != null) {
      ModelTime modified = inode.modificationTime();
      result =
          result
              .withContent(inode.content().resize(size))
              .modified(size == inode.size() ? modified.or(now) : now);
    }
    if (change.mode() != null) {
      result =
          result.withMode(
              inode.mode() & FileMode.TYPE_MASK | change.mode() & FileMode.PERMISSION_MASK);
      byte[] list = inode.xattrs().get(ModelAcl.ACCESS);
      result = list == null ? result : withAcl(result, ModelAcl.of(list).withMode(change.mode()));
    }
    if (change.accessTime() != null) {
      result = result.accessed(ModelTime.exactly(change.accessTime()));
    }
    if (change.modificationTime() != null) {
      result = result.modified(ModelTime.exactly(change.modificationTime()));
    }
    return result;
  }

  /** With an access control list, which is no more than a mode where it says no more. */
  static ModelInode withAcl(ModelInode inode, ModelAcl list) {
    PersistentMap<Name, byte[]> xattrs = inode.xattrs();
    return inode
        .withMode(inode.mode() & ~0777 | list.mode())
        .withXattrs(
            list.isNoMoreThanAMode()
                ? xattrs.without(ModelAcl.ACCESS)
                : xattrs.with(ModelAcl.ACCESS, list.bytes()));
  }

  static ModelInode setFlags(ModelInode inode, int flags, ModelTime now) {
    boolean canHave = inode.isRegular() || inode.isDirectory();
    Refused.when(!canHave || (flags & ~InodeFlags.SETTABLE) != 0, EOPNOTSUPP).check();
    boolean staysImmutable = inode.has(IMMUTABLE) && (flags & IMMUTABLE) != 0;
    boolean same = flags == (inode.flags() & InodeFlags.SETTABLE);
    Refused.when(staysImmutable && !same, EPERM).check();
    return inode.withFlags(flags).changed(now);
  }

  static ModelInode write(ModelInode inode, long offset, byte[] bytes, ModelTime now) {
    return write(inode, UNCHANGEABLE, offset, bytes, now);
  }

  /**
   * @param end of the file
   */
  static ModelInode append(ModelInode inode, long end, byte[] bytes, ModelTime now) {
    return write(inode, IMMUTABLE, end, bytes, now);
  }

  private static ModelInode write(
      ModelInode inode, int refused, long offset, byte[] bytes, ModelTime now) {
    regular(inode)
        .when(inode.has(refused), EPERM)
        .when(offset < 0, EINVAL)
        .when(offset > Long.MAX_VALUE - bytes.length, EFBIG)
        .check();
    if (bytes.length == 0) {
      return inode;
    }
    return inode.withContent(inode.content().write(offset, bytes)).modified(now).changed(now);
  }

  static ModelInode fallocate(
      ModelInode inode, FallocateMode mode, long offset, long length, ModelTime now) {
    regular(inode)
        .when(offset < 0 || length <= 0, EINVAL)
        .when(length > 0 && offset > Long.MAX_VALUE - length, EFBIG)
        .when(inode.has(mode == ALLOCATE_KEEP_SIZE ? IMMUTABLE : UNCHANGEABLE), EPERM)
        .check();
    SparseBytes content = inode.content();
    SparseBytes changed =
        switch (mode) {
          case ALLOCATE -> content.allocate(offset, length, false);
          case ALLOCATE_KEEP_SIZE -> content.allocate(offset, length, true);
          case PUNCH_HOLE -> content.punch(offset, length);
          case ZERO_RANGE -> content.zero(offset, length, false);
          case ZERO_RANGE_KEEP_SIZE -> content.zero(offset, length, true);
        };
    return inode
        .withContent(changed)
        .modified(inode.modificationTime().or(now))
        .changed(inode.changeTime().or(now));
  }

  /**
   * How many bytes a copy has to copy.
   *
   * @param sameFile whether it is within one file
   */
  static long copyLength(
      ModelInode source, long from, ModelInode inode, long to, long length, boolean sameFile) {
    regular(source).check();
    regular(inode).when(from < 0 || to < 0 || length < 0, EINVAL).check();
    long count = Math.max(0, Math.min(length, source.size() - from));
    Refused.when(to > Long.MAX_VALUE - count, EFBIG)
        .when(sameFile && count > 0 && Math.abs(from - to) < count, EINVAL)
        .when(count > 0 && inode.has(UNCHANGEABLE), EPERM)
        .check();
    return count;
  }

  static ModelInode copy(
      ModelInode inode, SparseBytes source, long from, long to, long length, ModelTime now) {
    return length == 0
        ? inode
        : inode
            .withContent(inode.content().copy(source, from, to, length))
            .modified(now)
            .changed(now);
  }

  static ModelInode setxattr(
      ModelInode inode, Name name, byte[] value, XattrMode mode, ModelTime now) {
    boolean exists = inode.xattrs().containsKey(name);
    if (ModelAcl.isName(name)) {
      return setAcl(inode, name, value).changed(now);
    }
    xattrName(name)
        .when(inode.has(UNCHANGEABLE), EPERM)
        .when(value.length > XATTR_BYTES_MAX, E2BIG)
        .when(exists && (mode == XattrMode.CREATE || mode == XattrMode.NEITHER), EEXIST)
        .when(!exists && (mode == XattrMode.REPLACE || mode == XattrMode.NEITHER), ENODATA)
        .check();
    return inode.withXattrs(inode.xattrs().with(name, value)).changed(now);
  }

  private static ModelInode setAcl(ModelInode inode, Name name, byte[] value) {
    boolean isAccess = name.equals(ModelAcl.ACCESS);
    Refused.when(inode.has(UNCHANGEABLE), EPERM).check();
    ModelAcl list = ModelAcl.of(value);
    Refused.when(inode.isSymlink(), EOPNOTSUPP)
        .when(!isAccess && !inode.isDirectory(), EACCES)
        .check();
    return isAccess
        ? withAcl(inode, list)
        : inode.withXattrs(inode.xattrs().with(name, list.bytes()));
  }

  static ModelInode removexattr(ModelInode inode, Name name, ModelTime now) {
    boolean exists = inode.xattrs().containsKey(name);
    xattrName(name)
        .when(inode.has(UNCHANGEABLE), EPERM)
        .when(!exists && !ModelAcl.isName(name), ENODATA)
        .check();
    return exists ? inode.withXattrs(inode.xattrs().without(name)).changed(now) : inode;
  }

  static byte[] getxattr(ModelInode inode, Name name) {
    byte[] value = inode.xattrs().get(name);
    xattrName(name).when(value == null, ENODATA).check();
    return value;
  }

  static byte[] readlink(ModelInode inode) {
    byte[] target = inode.target();
    if (target == null) {
      throw Refused.with(EINVAL);
    }
    return target;
  }

  static byte[] read(ModelInode inode, long offset, int length) {
    regular(inode).when(offset < 0, EINVAL).check();
    return inode.content().read(offset, length);
  }

  /** relatime: the access time moves when it is not newer than the two others, or is a day old. */
  static ModelInode touch(ModelInode inode, ModelTime now) {
    if (inode.has(InodeFlags.NO_ACCESS_TIME)) {
      return inode;
    }
    ModelTime access = inode.accessTime();
    ModelTime modified = inode.modificationTime();
    ModelTime changed = inode.changeTime();
    boolean surely =
        access.latest().compareTo(modified.earliest()) <= 0
            || access.latest().compareTo(changed.earliest()) <= 0
            || access.latest().seconds() + 86_400 < now.earliest().seconds();
    boolean perhaps =
        access.earliest().compareTo(modified.latest()) <= 0
            || access.earliest().compareTo(changed.latest()) <= 0
            || access.earliest().seconds() + 86_400 <= now.latest().seconds();
    if (surely) {
      return inode.accessed(now);
    }
    return perhaps ? inode.accessed(access.or(now)) : inode;
  }

  /** Throws unless data operations are possible on the inode. */
  static Refused.Conditions regular(ModelInode inode) {
    Errno first = inode.isDirectory() ? EISDIR : EINVAL;
    return Refused.when(!inode.isRegular(), first, EINVAL, EBADF, ENODEV);
  }

  /** As chown does: set-uid goes, and set-gid with group execute. */
  private static ModelInode withoutPrivileges(ModelInode inode) {
    if (inode.isDirectory()) {
      return inode;
    }
    int cleared = inode.mode() & ~FileMode.SET_UID;
    return inode.withMode((cleared & 0010) != 0 ? cleared & ~FileMode.SET_GID : cleared);
  }

  private static Refused.Conditions xattrName(Name name) {
    return Refused.when(name.length() == 0 || name.length() > Name.LENGTH_MAX, ERANGE, EINVAL);
  }
}

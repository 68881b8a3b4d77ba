package dev.brindle.store.volume;

import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.InodeFlags;
import dev.brindle.store.Name;
import dev.brindle.store.PosixAcl;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The access control lists of an inode, which are extended attributes and go with its mode: each
 * change here puts both, in one operation. An inode's flags say which lists it has, so that one
 * without any costs no look at its attributes.
 */
final class AclItems {
  private AclItems() {}

  /** Sets a list; one that says no more than a mode does becomes the mode. */
  static void set(Change change, Inode inode, Name name, byte[] value) throws IOException {
    PosixAcl acl = PosixAcl.decode(value);
    refuseWhereNoneIs(inode, name);
    boolean isAccess = name.equals(PosixAcl.ACCESS);
    if (isAccess) {
      inode.mode = inode.mode & ~FileMode.ACCESS_MASK | acl.mode();
    }
    put(change, inode, name, isAccess && acl.isMinimal() ? null : acl);
  }

  /**
   * Removes a list; where there is none, that is as it is to be.
   *
   * @return whether there was one
   */
  static boolean remove(Change change, Inode inode, Name name) throws IOException {
    boolean found = (inode.flags & InodeFlags.ofAcl(name)) != 0;
    put(change, inode, name, null);
    return found;
  }

  /** A mode was set: the list follows. */
  static void modeChanged(Change change, Inode inode) throws IOException {
    PosixAcl acl = find(change, inode, PosixAcl.ACCESS);
    if (acl != null && acl.mode() != (inode.mode & FileMode.ACCESS_MASK)) {
      put(change, inode, PosixAcl.ACCESS, acl.withMode(inode.mode));
    }
  }

  /**
   * Gives a new inode what it inherits of its directory's default list, and where there is none
   * takes the umask from its mode.
   */
  static void inherit(Change change, Inode directory, Inode made, int umask) throws IOException {
    if (made.isSymlink()) {
      return;
    }
    PosixAcl list = find(change, directory, PosixAcl.DEFAULT);
    if (list == null) {
      made.mode &= ~(umask & FileMode.ACCESS_MASK);
      return;
    }
    PosixAcl access = list.inherited(made.mode);
    made.mode = made.mode & ~FileMode.ACCESS_MASK | access.mode();
    if (!access.isMinimal()) {
      put(change, made, PosixAcl.ACCESS, access);
    }
    if (made.isDirectory()) {
      put(change, made, PosixAcl.DEFAULT, list);
    }
  }

  private static @Nullable PosixAcl find(Change change, Inode inode, Name name) throws IOException {
    if ((inode.flags & InodeFlags.ofAcl(name)) == 0) {
      return null;
    }
    byte[] value = XattrItem.read(change, inode.number, name).get(name);
    return value == null ? null : PosixAcl.decode(value);
  }

  private static void put(Change change, Inode inode, Name name, @Nullable PosixAcl acl)
      throws IOException {
    int flag = InodeFlags.ofAcl(name);
    if (acl == null && (inode.flags & flag) == 0) {
      return;
    }
    Map<Name, byte[]> attributes = XattrItem.read(change, inode.number, name);
    if (acl == null) {
      attributes.remove(name);
      inode.flags &= ~flag;
    } else {
      attributes.put(name, acl.encode());
      inode.flags |= flag;
    }
    XattrItem.write(change, inode.number, name, attributes);
  }

  private static void refuseWhereNoneIs(Inode inode, Name name) throws FileSystemException {
    if (inode.isSymlink()) {
      throw new FileSystemException(Errno.EOPNOTSUPP);
    }
    if (name.equals(PosixAcl.DEFAULT) && !inode.isDirectory()) {
      throw new FileSystemException(Errno.EACCES);
    }
  }
}

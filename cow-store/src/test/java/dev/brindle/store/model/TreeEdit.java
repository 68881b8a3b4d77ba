package dev.brindle.store.model;

import static dev.brindle.store.Errno.E2BIG;
import static dev.brindle.store.Errno.EEXIST;
import static dev.brindle.store.Errno.EFBIG;
import static dev.brindle.store.Errno.EINVAL;
import static dev.brindle.store.Errno.EISDIR;
import static dev.brindle.store.Errno.ENAMETOOLONG;
import static dev.brindle.store.Errno.ENOENT;
import static dev.brindle.store.Errno.ENOTDIR;
import static dev.brindle.store.Errno.ENOTEMPTY;
import static dev.brindle.store.Errno.EOPNOTSUPP;
import static dev.brindle.store.Errno.EPERM;
import static dev.brindle.store.Errno.ERANGE;
import static dev.brindle.store.InodeFlags.IMMUTABLE;
import static dev.brindle.store.InodeFlags.UNCHANGEABLE;

import dev.brindle.store.FileMode;
import dev.brindle.store.FileTree;
import dev.brindle.store.InodeFlags;
import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree.RenameMode;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** One change of a file tree of the model, by the rules of POSIX and Linux for names and links. */
final class TreeEdit {
  private static final Name SOME_NAME = Name.of("x");

  private final ModelTime now;
  private final LongPredicate held;
  private TreeState state;

  TreeEdit(TreeState state, ModelTime now, LongPredicate held) {
    this.state = state;
    this.now = now;
    this.held = held;
  }

  TreeState result() {
    return state;
  }

  ModelInode inode(long number) {
    ModelInode inode = state.inodes().get(number);
    if (inode == null) {
      // or what is wrong with the other operands
      throw Refused.with(ENOENT, EINVAL, EFBIG, E2BIG, ERANGE, EOPNOTSUPP);
    }
    return inode;
  }

  ModelInode lookup(long directory, Name name) {
    Refused.Conditions conditions = place(directory, name);
    Long number = entry(directory, name);
    conditions.when(number == null, ENOENT).check();
    return inode(number);
  }

  /** Makes an inode of any type; {@code number} is the one the store under test gave it. */
  ModelInode make(
      long number,
      long directory,
      Name name,
      int mode,
      int umask,
      int uid,
      int gid,
      int device,
      byte @Nullable [] target) {
    Refused.Conditions conditions =
        newName(directory, name)
            .when(target != null && target.length == 0, ENOENT, EINVAL)
            .when(target != null && target.length > 4095, ENAMETOOLONG);
    conditions.check();
    ModelInode inode = fresh(number, inode(directory), mode, umask, uid, gid).withDevice(device);
    if (target != null) {
      inode = inode.withTarget(target);
    }
    if (inode.isDirectory()) {
      inode = inode.withParent(directory);
    }
    state = state.with(inode);
    enter(directory, name, inode);
    return inode;
  }

  /** Makes a regular file that is not anywhere. */
  ModelInode makeUnnamed(long number, long directory, int mode, int umask, int uid, int gid) {
    place(directory, SOME_NAME).when(has(directory, IMMUTABLE), EPERM).check();
    ModelInode inode =
        fresh(number, inode(directory), FileMode.REGULAR | mode, umask, uid, gid).withoutName();
    state = state.with(inode);
    return inode;
  }

  /** An inode with what it has of the directory that it is made in. */
  private ModelInode fresh(long number, ModelInode parent, int mode, int umask, int uid, int gid) {
    boolean isDirectory = FileMode.isDirectory(mode);
    boolean inherit = (parent.mode() & FileMode.SET_GID) != 0;
    int inherited = inherit && isDirectory ? mode | FileMode.SET_GID : mode;
    ModelInode inode = ModelInode.fresh(number, inherited, uid, inherit ? parent.gid() : gid, now);
    if (inode.isSymlink()) {
      return inode;
    }
    if (inode.isRegular() || isDirectory) {
      inode = inode.withFlags(parent.userFlags() & InodeFlags.INHERITED);
    }
    byte[] list = parent.xattrs().get(ModelAcl.DEFAULT);
    if (list == null) {
      return inode.withMode(inode.mode() & ~(umask & 0777));
    }
    ModelAcl inheritable = ModelAcl.of(list);
    inode = InodeEdit.withAcl(inode, inheritable.withMode(inheritable.mode() & mode));
    return isDirectory ? inode.withXattrs(inode.xattrs().with(ModelAcl.DEFAULT, list)) : inode;
  }

  ModelInode link(long number, long directory, Name name) {
    ModelInode source = state.inodes().get(number);
    boolean isGone = source == null || source.linkCount() == 0 && !source.unnamed();
    newName(directory, name)
        .when(isGone, ENOENT)
        .when(source != null && source.isDirectory(), EPERM)
        .when(source != null && source.has(UNCHANGEABLE), EPERM)
        .check();
    ModelInode linked = inode(number).withName();
    linked = linked.withLinks(linked.linkCount() + 1).changed(now);
    state = state.with(linked);
    enter(directory, name, linked);
    return linked;
  }

  void unlink(long directory, Name name) {
    Refused.Conditions conditions = place(directory, name).when(isDots(name), EISDIR, EINVAL);
    Long number = entry(directory, name);
    conditions.when(number == null, ENOENT);
    conditions.when(number != null && inode(number).isDirectory(), EISDIR);
    removal(conditions, directory, number);
    conditions.check();
    leave(directory, name, inode(number));
    dropLink(number);
  }

  void rmdir(long directory, Name name) {
    Refused.Conditions conditions = place(directory, name).when(isDots(name), EINVAL, ENOTEMPTY);
    Long number = entry(directory, name);
    conditions.when(number == null, ENOENT);
    removal(conditions, directory, number);
    if (number != null) {
      conditions.when(!inode(number).isDirectory(), ENOTDIR);
      conditions.when(!inode(number).entries().isEmpty(), ENOTEMPTY);
    }
    conditions.check();
    leave(directory, name, inode(number));
    dropLink(number);
  }

  void rename(long from, Name name, long to, Name newName, RenameMode mode) {
    Refused.Conditions conditions = place(from, name);
    place(conditions, to, newName);
    conditions.when(isDots(name) || isDots(newName), EINVAL, EEXIST, ENOTEMPTY);
    Long number = entry(from, name);
    Long other = entry(to, newName);
    conditions.when(number == null, ENOENT);
    conditions.when(other == null && mode == RenameMode.EXCHANGE, ENOENT);
    conditions.when(other != null && mode == RenameMode.NO_REPLACE, EEXIST);
    if (number != null && !number.equals(other)) {
      removal(conditions, from, number);
      if (other == null) {
        conditions.when(has(to, IMMUTABLE), EPERM);
      } else {
        removal(conditions, to, other);
      }
    }
    if (number != null) {
      ModelInode moved = inode(number);
      conditions.when(moved.isDirectory() && isWithin(to, number), EINVAL);
      if (other != null) {
        ModelInode old = inode(other);
        boolean swap = mode == RenameMode.EXCHANGE;
        conditions.when(swap && old.isDirectory() && isWithin(from, other), EINVAL);
        boolean replace = mode == RenameMode.REPLACE && !number.equals(other);
        conditions.when(replace && moved.isDirectory() && !old.isDirectory(), ENOTDIR);
        conditions.when(replace && !moved.isDirectory() && old.isDirectory(), EISDIR);
        conditions.when(replace && old.isDirectory() && !old.entries().isEmpty(), ENOTEMPTY);
        // a directory that holds the source is not empty, and no file may replace it
        conditions.when(replace && old.isDirectory() && isWithin(from, other), ENOTEMPTY, EEXIST);
      }
    }
    conditions.check();
    if (number.equals(other)) {
      return;
    }
    leave(from, name, inode(number));
    if (other != null) {
      leave(to, newName, inode(other));
    }
    if (mode == RenameMode.EXCHANGE) {
      enter(from, name, inode(other));
      state = state.with(inode(other).changed(now));
    } else if (other != null) {
      dropLink(other);
    }
    enter(to, newName, inode(number));
    state = state.with(inode(number).changed(now));
  }

  void update(ModelInode inode) {
    state = state.with(inode);
  }

  /** The last hold of an inode ended. */
  void released(long number) {
    ModelInode inode = state.inodes().get(number);
    if (inode != null && inode.linkCount() == 0) {
      state = state.without(number);
    }
  }

  /** Whether {@code directory} is {@code ancestor} or below it. */
  private boolean isWithin(long directory, long ancestor) {
    ModelInode at = state.inodes().get(directory);
    while (at != null && at.isDirectory()) {
      if (at.number() == ancestor) {
        return true;
      }
      if (at.number() == FileTree.ROOT_INODE || at.linkCount() == 0) {
        return false;
      }
      at = state.inodes().get(at.parent());
    }
    return false;
  }

  private void enter(long directory, Name name, ModelInode inode) {
    ModelInode parent = inode(directory);
    int links = parent.linkCount() + (inode.isDirectory() ? 1 : 0);
    state =
        state.with(
            parent
                .withEntries(parent.entries().with(name, inode.number()))
                .withLinks(links)
                .modified(now)
                .changed(now));
    if (inode.isDirectory()) {
      state = state.with(inode(inode.number()).withParent(directory));
    }
  }

  private void leave(long directory, Name name, ModelInode inode) {
    ModelInode parent = inode(directory);
    int links = parent.linkCount() - (inode.isDirectory() ? 1 : 0);
    state =
        state.with(
            parent
                .withEntries(parent.entries().without(name))
                .withLinks(links)
                .modified(now)
                .changed(now));
  }

  private void dropLink(long number) {
    ModelInode inode = inode(number);
    ModelInode left =
        inode.isDirectory()
            ? inode.withLinks(0).withParent(number)
            : inode.withLinks(inode.linkCount() - 1);
    state =
        left.linkCount() == 0 && !held.test(number)
            ? state.without(number)
            : state.with(left.changed(now));
  }

  private Refused.Conditions newName(long directory, Name name) {
    return place(directory, name)
        .when(isDots(name), EEXIST, EINVAL)
        .when(has(directory, IMMUTABLE), EPERM)
        .when(entry(directory, name) != null, EEXIST);
  }

  /** A name stays when its directory may lose none, or the inode may not lose one. */
  private void removal(Refused.Conditions conditions, long directory, @Nullable Long number) {
    conditions.when(has(directory, UNCHANGEABLE), EPERM);
    conditions.when(number != null && has(number, UNCHANGEABLE), EPERM);
  }

  private boolean has(long number, int flags) {
    ModelInode inode = state.inodes().get(number);
    return inode != null && inode.has(flags);
  }

  private Refused.Conditions place(long directory, Name name) {
    return place(new Refused.Conditions(), directory, name);
  }

  private Refused.Conditions place(Refused.Conditions conditions, long directory, Name name) {
    ModelInode parent = state.inodes().get(directory);
    boolean gone = parent == null || parent.isDirectory() && parent.linkCount() == 0;
    return conditions
        .when(gone, ENOENT)
        .when(parent != null && !parent.isDirectory(), ENOTDIR)
        .when(name.length() == 0, ENOENT, EINVAL)
        .when(name.length() > Name.LENGTH_MAX, ENAMETOOLONG);
  }

  private @Nullable Long entry(long directory, Name name) {
    ModelInode parent = state.inodes().get(directory);
    return parent == null ? null : parent.entries().get(name);
  }

  private static boolean isDots(Name name) {
    return name.isDot() || name.isDotDot();
  }
}

package dev.brindle.store.volume;

import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.InodeFlags;
import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree.RenameMode;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes of directories, each one operation: what is refused is refused before the first change.
 */
final class DirectoryOperations {
  private static final int SYMLINK_BYTES_MAX = 4095;
  private static final int LINKS_MAX = Integer.MAX_VALUE;

  private final Engine engine;
  private final Head head;

  DirectoryOperations(Engine engine, Head head) {
    this.engine = engine;
    this.head = head;
  }

  /**
   * Makes an inode and its first name.
   *
   * @param target of a symlink, else null
   */
  InodeAttributes create(
      long directory,
      Name name,
      int mode,
      int umask,
      int uid,
      int gid,
      int device,
      byte @Nullable [] target)
      throws IOException {
    if (target != null && (target.length == 0 || target.length > SYMLINK_BYTES_MAX)) {
      throw new FileSystemException(target.length == 0 ? Errno.ENOENT : Errno.ENAMETOOLONG);
    }
    return engine.grow(
        head,
        change -> {
          Inode inode = newNamed(change, directory, name, mode, umask, uid, gid, device);
          if (target != null) {
            inode.size = target.length;
            change.put(ItemType.high(inode.number, ItemType.SYMLINK), 0, target);
          }
          return inode.attributes();
        });
  }

  /** Makes a regular file and its first name, held. */
  InodeAttributes createHeld(long directory, Name name, int mode, int umask, int uid, int gid)
      throws IOException {
    return engine.grow(
        head,
        change -> {
          Inode inode = newNamed(change, directory, name, mode, umask, uid, gid, 0);
          change.whenDone(() -> head.attach(inode).hold());
          return inode.attributes();
        });
  }

  /** Makes a regular file that has no name and is held. */
  InodeAttributes createUnnamed(long directory, int mode, int umask, int uid, int gid)
      throws IOException {
    return engine.grow(
        head,
        change -> {
          Inode parent = existing(change, directory);
          parent.refuse(InodeFlags.IMMUTABLE);
          Inode inode = newInode(change, parent, mode, umask, uid, gid, 0);
          inode.linkCount = 0;
          change.update(inode);
          change.addOrphan(inode.number);
          change.whenDone(() -> head.attach(inode).holdUnnamed());
          return inode.attributes();
        });
  }

  private Inode newNamed(
      Change change, long directory, Name name, int mode, int umask, int uid, int gid, int device)
      throws IOException {
    Inode parent = vacant(change, directory, name);
    if (FileMode.isDirectory(mode) && parent.linkCount == LINKS_MAX) {
      throw new FileSystemException(Errno.EMLINK);
    }
    Inode inode = newInode(change, parent, mode, umask, uid, gid, device);
    change.update(inode);
    change.addName(directory, name, inode);
    entryAdded(change, parent, inode);
    return inode;
  }

  private Inode newInode(
      Change change, Inode parent, int mode, int umask, int uid, int gid, int device)
      throws IOException {
    boolean inherits = (parent.mode & FileMode.SET_GID) != 0;
    int inheritedMode = inherits && FileMode.isDirectory(mode) ? mode | FileMode.SET_GID : mode;
    long number = head.nextInode();
    if (number > ItemType.INODE_MAX) {
      throw new FileSystemException(Errno.ENOSPC, "the volume has no inode numbers left");
    }
    Inode inode =
        new Inode(
            number,
            inheritedMode,
            uid,
            inherits ? parent.gid : gid,
            FileMode.isDevice(mode) ? device : 0,
            change.now());
    if (inode.isRegular() || inode.isDirectory()) {
      inode.flags = parent.flags & InodeFlags.INHERITED;
    }
    AclItems.inherit(change, parent, inode, umask);
    return inode;
  }

  InodeAttributes link(long number, long directory, Name name) throws IOException {
    FileState unnamed = head.state(number);
    if (unnamed != null && unnamed.isUnnamed()) {
      engine.flushing().flush(head, unnamed, false);
    }
    return engine.grow(
        head,
        change -> {
          Inode inode = change.inode(number);
          if (inode.isDirectory()) {
            throw new FileSystemException(Errno.EPERM);
          }
          if (inode.linkCount == LINKS_MAX) {
            throw new FileSystemException(Errno.EMLINK);
          }
          inode.refuse(InodeFlags.UNCHANGEABLE);
          Inode parent = vacant(change, directory, name);
          if (inode.linkCount == 0) {
            giveFirstName(change, inode);
          }
          inode.linkCount++;
          inode.changeTime = change.now();
          change.update(inode);
          change.addName(directory, name, inode);
          entryAdded(change, parent, inode);
          return engine.attributes(head, inode);
        });
  }

  private void giveFirstName(Change change, Inode inode) throws IOException {
    FileState state = head.state(inode.number);
    if (state == null || !state.isUnnamed()) {
      throw new FileSystemException(Errno.ENOENT);
    }
    change.removeOrphan(inode.number);
    change.whenDone(state::named);
  }

  InodeAttributes unlink(long directory, Name name, boolean hold) throws IOException {
    Loss loss =
        engine.shrink(
            head,
            change -> {
              refuseDots(name, Errno.EISDIR, Errno.EISDIR);
              Inode parent = change.directory(directory);
              Inode inode = change.inode(change.view().entry(directory, name).inode());
              if (inode.isDirectory()) {
                throw new FileSystemException(Errno.EISDIR);
              }
              refuseRemoval(parent, inode);
              change.removeName(directory, name, inode.number);
              entryRemoved(change, parent, inode);
              return nameRemoved(change, inode, hold && !inode.isRegular());
            });
    engine.removal().purge(head, loss.left);
    return loss.attributes;
  }

  InodeAttributes rmdir(long directory, Name name, boolean hold) throws IOException {
    Loss loss =
        engine.shrink(
            head,
            change -> {
              refuseDots(name, Errno.EINVAL, Errno.ENOTEMPTY);
              Inode parent = change.directory(directory);
              Inode inode = change.inode(change.view().entry(directory, name).inode());
              if (!inode.isDirectory()) {
                throw new FileSystemException(Errno.ENOTDIR);
              }
              refuseRemoval(parent, inode);
              if (inode.size != 0) {
                throw new FileSystemException(Errno.ENOTEMPTY);
              }
              change.removeName(directory, name, inode.number);
              entryRemoved(change, parent, inode);
              return nameRemoved(change, inode, hold);
            });
    engine.removal().purge(head, loss.left);
    return loss.attributes;
  }

  @Nullable InodeAttributes rename(
      long directory, Name name, long newDirectory, Name newName, RenameMode mode, boolean hold)
      throws IOException {
    engine.flushing().flushBeforeRename(head, directory, name);
    if (mode == RenameMode.EXCHANGE) {
      engine.flushing().flushBeforeRename(head, newDirectory, newName);
    }
    Optional<Loss> loss =
        engine.shrink(
            head, change -> rename(change, directory, name, newDirectory, newName, mode, hold));
    engine.removal().purge(head, loss.map(Loss::left).orElse(0L));
    return loss.map(Loss::attributes).orElse(null);
  }

  private Optional<Loss> rename(
      Change change,
      long directory,
      Name name,
      long newDirectory,
      Name newName,
      RenameMode mode,
      boolean hold)
      throws IOException {
    refuseDots(name, Errno.EINVAL, Errno.EINVAL);
    refuseDots(newName, Errno.EINVAL, Errno.EINVAL);
    refuseName(newName);
    Inode from = change.directory(directory);
    Inode to = newDirectory == directory ? from : change.directory(newDirectory);
    Inode source = change.inode(change.view().entry(directory, name).inode());
    Inode target = existing(change, newDirectory, newName);
    if (target != null && mode == RenameMode.NO_REPLACE) {
      throw new FileSystemException(Errno.EEXIST);
    }
    if (target == null && mode == RenameMode.EXCHANGE) {
      throw new FileSystemException(Errno.ENOENT);
    }
    if (to.linkCount == 0) {
      throw new FileSystemException(Errno.ENOENT);
    }
    if (target != null && target.number == source.number) {
      return Optional.empty();
    }
    refuseRemoval(from, source);
    if (target == null) {
      to.refuse(InodeFlags.IMMUTABLE);
    } else {
      refuseRemoval(to, target);
    }
    refuseCycle(change, source, newDirectory);
    if (mode == RenameMode.EXCHANGE) {
      exchange(change, from, name, source, to, newName, Objects.requireNonNull(target));
      return Optional.empty();
    }
    if (target != null) {
      refuseReplacement(source, target);
    } else {
      DirentItem.refuseFull(change.view().direntItem(newDirectory, newName));
      engine.admitGrowth();
    }
    refuseFull(from, to, source, target);
    Loss loss = null;
    if (target != null) {
      change.removeName(newDirectory, newName, target.number);
      entryRemoved(change, to, target);
      loss = nameRemoved(change, target, hold);
    }
    change.removeName(directory, name, source.number);
    entryRemoved(change, from, source);
    change.addName(newDirectory, newName, source);
    entryAdded(change, to, source);
    source.changeTime = change.now();
    change.update(source);
    return Optional.ofNullable(loss);
  }

  private void exchange(
      Change change, Inode from, Name name, Inode source, Inode to, Name newName, Inode target)
      throws IOException {
    refuseCycle(change, target, from.number);
    refuseFull(from, to, source, target);
    refuseFull(to, from, target, source);
    change.removeName(from.number, name, source.number);
    change.removeName(to.number, newName, target.number);
    entryRemoved(change, from, source);
    entryRemoved(change, to, target);
    change.addName(to.number, newName, source);
    change.addName(from.number, name, target);
    entryAdded(change, to, source);
    entryAdded(change, from, target);
    source.changeTime = change.now();
    target.changeTime = change.now();
    change.update(source);
    change.update(target);
  }

  /** A name stays when its directory may lose none, or the inode may not lose one. */
  private static void refuseRemoval(Inode directory, Inode inode) throws FileSystemException {
    directory.refuse(InodeFlags.UNCHANGEABLE);
    inode.refuse(InodeFlags.UNCHANGEABLE);
  }

  /** A directory that gets another one has one name more, unless it loses one by that. */
  private static void refuseFull(Inode from, Inode to, Inode moved, @Nullable Inode replaced)
      throws FileSystemException {
    boolean gains = moved.isDirectory() && (replaced == null || !replaced.isDirectory());
    if (from != to && gains && to.linkCount == LINKS_MAX) {
      throw new FileSystemException(Errno.EMLINK);
    }
  }

  private static void refuseReplacement(Inode source, Inode target) throws FileSystemException {
    if (source.isDirectory() && !target.isDirectory()) {
      throw new FileSystemException(Errno.ENOTDIR);
    }
    if (!source.isDirectory() && target.isDirectory()) {
      throw new FileSystemException(Errno.EISDIR);
    }
    if (target.isDirectory() && target.size != 0) {
      throw new FileSystemException(Errno.ENOTEMPTY);
    }
  }

  /** A directory cannot go below itself. */
  private void refuseCycle(Change change, Inode moved, long newDirectory) throws IOException {
    if (!moved.isDirectory()) {
      return;
    }
    long ancestor = newDirectory;
    while (ancestor != moved.number) {
      long parent = change.view().parent(ancestor);
      if (parent == ancestor) {
        return;
      }
      ancestor = parent;
    }
    throw new FileSystemException(Errno.EINVAL);
  }

  private static @Nullable Inode existing(Change change, long directory, Name name)
      throws IOException {
    DirentItem.Entry entry = DirentItem.find(change.view().direntItem(directory, name), name);
    return entry == null ? null : change.inode(entry.inode());
  }

  /** The directory, after making sure that a name can be added to it. */
  private static Inode vacant(Change change, long directory, Name name) throws IOException {
    if (name.isDot() || name.isDotDot()) {
      throw new FileSystemException(Errno.EEXIST);
    }
    refuseName(name);
    Inode parent = existing(change, directory);
    parent.refuse(InodeFlags.IMMUTABLE);
    byte[] item = change.view().direntItem(directory, name);
    if (DirentItem.find(item, name) != null) {
      throw new FileSystemException(Errno.EEXIST);
    }
    DirentItem.refuseFull(item);
    return parent;
  }

  /** A directory that was not removed. */
  private static Inode existing(Change change, long directory) throws IOException {
    Inode found = change.directory(directory);
    if (found.linkCount == 0) {
      throw new FileSystemException(Errno.ENOENT);
    }
    return found;
  }

  private static void refuseDots(Name name, Errno dot, Errno dotDot) throws FileSystemException {
    if (name.isDot()) {
      throw new FileSystemException(dot);
    }
    if (name.isDotDot()) {
      throw new FileSystemException(dotDot);
    }
  }

  private static void refuseName(Name name) throws FileSystemException {
    if (name.length() == 0) {
      throw new FileSystemException(Errno.ENOENT);
    }
    if (name.length() > Name.LENGTH_MAX) {
      throw new FileSystemException(Errno.ENAMETOOLONG);
    }
    for (byte b : name.bytes()) {
      if (b == 0 || b == '/') {
        throw new FileSystemException(Errno.EINVAL);
      }
    }
  }

  private static void entryAdded(Change change, Inode directory, Inode inode) {
    directory.size++;
    if (inode.isDirectory()) {
      directory.linkCount++;
    }
    directory.touch(change.now());
    change.update(directory);
  }

  private static void entryRemoved(Change change, Inode directory, Inode inode) {
    directory.size--;
    if (inode.isDirectory()) {
      directory.linkCount--;
    }
    directory.touch(change.now());
    change.update(directory);
  }

  /**
   * What an inode is after it lost a name.
   *
   * @param left the inode when it is too large to be removed at once, or 0
   */
  private record Loss(InodeAttributes attributes, long left) {}

  /** Takes one link from an inode; when that was its last it is held, or removed. */
  private Loss nameRemoved(Change change, Inode inode, boolean hold) throws IOException {
    inode.linkCount = inode.isDirectory() ? 0 : inode.linkCount - 1;
    inode.changeTime = change.now();
    change.update(inode);
    InodeAttributes attributes = engine.attributes(head, inode);
    if (inode.linkCount > 0) {
      return new Loss(attributes, 0);
    }
    if (hold) {
      change.addOrphan(inode.number);
      change.whenDone(() -> head.attach(inode).hold());
      return new Loss(attributes, 0);
    }
    return new Loss(attributes, engine.removal().dropUnreferenced(change, inode));
  }
}

package dev.brindle.store.volume;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.InodeFlags;
import dev.brindle.store.Name;
import dev.brindle.store.PosixAcl;
import dev.brindle.store.Timestamp;
import dev.brindle.store.WritableFileTree.XattrMode;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Changes of an inode's attributes and extended attributes. */
final class AttributeOperations {
  private static final int XATTR_VALUE_BYTES_MAX = 65_536;

  /** XATTR_LIST_MAX of Linux: names with their terminating NULs. */
  private static final int XATTR_LIST_BYTES_MAX = 65_536;

  private static final long RELATIME_SECONDS = 24 * 60 * 60;

  private final Engine engine;
  private final Head head;
  private final FileOperations files;

  AttributeOperations(Engine engine, Head head, FileOperations files) {
    this.engine = engine;
    this.head = head;
    this.files = files;
  }

  /**
   * Changes everything at once: in one operation, after a crash too. Two things may come apart. A
   * file of very many extents is cut in several, of which the last has the rest. And where a file
   * gets longer its new size is durable with its next flush, as that of every write is.
   */
  InodeAttributes setattr(long number, AttributeChange wanted) throws IOException {
    Timestamp written = timeOfWrite(wanted);
    if (written != null && files.noteWriteTime(number, written)) {
      return engine.attributes(head, engine.readInode(head, number));
    }
    AtomicReference<@Nullable InodeAttributes> result = new AtomicReference<>();
    while (true) {
      engine.shrink(
          head,
          change -> {
            setattr(change, number, wanted, result::set);
            return true;
          });
      InodeAttributes attributes = result.get();
      if (attributes != null) {
        return attributes;
      }
    }
  }

  /** The time, when the change says no more than that a file was written then. */
  private static @Nullable Timestamp timeOfWrite(AttributeChange wanted) {
    Timestamp time = wanted.changeTime();
    boolean alone =
        time != null
            && time.equals(wanted.modificationTime())
            && wanted.equals(AttributeChange.ofWrite(time));
    return alone ? time : null;
  }

  /**
   * @param sink gets the attributes when all is done, and nothing while there is more to be cut
   */
  private void setattr(
      Change change, long number, AttributeChange wanted, Consumer<InodeAttributes> sink)
      throws IOException {
    Long size = wanted.size();
    change
        .inode(number)
        .refuse(timeOfWrite(wanted) == null ? InodeFlags.UNCHANGEABLE : InodeFlags.IMMUTABLE);
    if (size != null && files.truncateStep(change, number, size)) {
      return;
    }
    Inode inode = change.inode(number);
    setOwner(inode, wanted.uid(), wanted.gid());
    Integer mode = wanted.mode();
    if (mode != null) {
      inode.mode = inode.mode & FileMode.TYPE_MASK | mode & FileMode.PERMISSION_MASK;
      AclItems.modeChanged(change, inode);
    }
    Timestamp changeTime = wanted.changeTime();
    inode.changeTime = changeTime == null ? change.now() : changeTime;
    if (size == null) {
      takeWriteTime(inode);
    }
    setTimes(inode, wanted.accessTime(), wanted.modificationTime());
    change.update(inode);
    change.whenDone(() -> sink.accept(engine.attributes(head, inode)));
  }

  boolean dropSetIds(long number) throws IOException {
    return engine.shrink(
        head,
        change -> {
          Inode inode = change.inode(number);
          int mode = FileMode.withoutSetIds(inode.mode);
          if (!inode.isRegular() || mode == inode.mode) {
            return false;
          }
          inode.refuse(InodeFlags.IMMUTABLE);
          inode.mode = mode;
          touch(change, inode);
          return true;
        });
  }

  InodeAttributes setFlags(long number, int flags) throws IOException {
    if ((flags & ~InodeFlags.SETTABLE) != 0) {
      throw new FileSystemException(Errno.EOPNOTSUPP);
    }
    return engine.shrink(
        head,
        change -> {
          Inode inode = change.inode(number);
          if (!inode.isRegular() && !inode.isDirectory()) {
            throw new FileSystemException(Errno.EOPNOTSUPP);
          }
          if ((flags & InodeFlags.IMMUTABLE) != 0 && flags != (inode.flags & InodeFlags.SETTABLE)) {
            inode.refuse(InodeFlags.IMMUTABLE);
          }
          inode.flags = inode.flags & ~InodeFlags.SETTABLE | flags;
          touch(change, inode);
          return engine.attributes(head, inode);
        });
  }

  /** A change of owner takes set-uid and set-gid from a program, as chown(2) says. */
  private static void setOwner(Inode inode, @Nullable Integer uid, @Nullable Integer gid) {
    if (uid == null && gid == null) {
      return;
    }
    inode.uid = uid == null ? inode.uid : uid;
    inode.gid = gid == null ? inode.gid : gid;
    if (!inode.isDirectory()) {
      inode.mode = FileMode.withoutSetIds(inode.mode);
    }
  }

  /** The time of the last write, which the tree may not know yet. */
  private void takeWriteTime(Inode inode) {
    FileState state = head.state(inode.number);
    Timestamp written = state == null ? null : state.takeModified();
    if (written != null) {
      inode.modificationTime = written;
    }
  }

  private static void setTimes(
      Inode inode, @Nullable Timestamp access, @Nullable Timestamp modification) {
    inode.accessTime = access == null ? inode.accessTime : access;
    inode.modificationTime = modification == null ? inode.modificationTime : modification;
  }

  /** By relatime: when it is not newer than the last change, or a day old. */
  void touchAccessTime(long number) throws IOException {
    InodeAttributes known = engine.attributes(head, engine.readInode(head, number));
    Timestamp now = Timestamp.now();
    if ((known.flags() & InodeFlags.NO_ACCESS_TIME) != 0) {
      return;
    }
    boolean stale =
        known.accessTime().compareTo(known.modificationTime()) <= 0
            || known.accessTime().compareTo(known.changeTime()) <= 0
            || now.seconds() - known.accessTime().seconds() >= RELATIME_SECONDS;
    if (stale && !engine.fault().isReported()) {
      engine.shrink(
          head,
          change -> {
            Inode fresh = change.inode(number);
            fresh.accessTime = now;
            change.update(fresh);
            return true;
          });
    }
  }

  void setxattr(long number, Name name, byte[] value, XattrMode mode) throws IOException {
    if (name.length() == 0 || name.length() > Name.LENGTH_MAX) {
      throw new FileSystemException(Errno.ERANGE);
    }
    if (value.length > XATTR_VALUE_BYTES_MAX) {
      throw new FileSystemException(Errno.E2BIG);
    }
    engine.grow(
        head,
        change -> {
          Inode inode = change.inode(number);
          inode.refuse(InodeFlags.UNCHANGEABLE);
          if (PosixAcl.isName(name)) {
            AclItems.set(change, inode, name, value);
            touch(change, inode);
            return true;
          }
          Map<Name, byte[]> attributes = XattrItem.read(change, number, name);
          mode.check(attributes.containsKey(name));
          if (!attributes.containsKey(name)) {
            refuseLongList(change, number, name);
          }
          attributes.put(name, value.clone());
          XattrItem.write(change, number, name, attributes);
          touch(change, inode);
          return true;
        });
  }

  void removexattr(long number, Name name) throws IOException {
    engine.shrink(
        head,
        change -> {
          Inode inode = change.inode(number);
          inode.refuse(InodeFlags.UNCHANGEABLE);
          if (PosixAcl.isName(name)) {
            if (AclItems.remove(change, inode, name)) {
              touch(change, inode);
            }
            return true;
          }
          Map<Name, byte[]> attributes = XattrItem.read(change, number, name);
          if (attributes.remove(name) == null) {
            throw new FileSystemException(Errno.ENODATA);
          }
          XattrItem.write(change, number, name, attributes);
          touch(change, inode);
          return true;
        });
  }

  private static void refuseLongList(Change change, long inode, Name added) throws IOException {
    int length = added.length() + 1;
    for (Name name : change.view().listxattr(inode)) {
      length += name.length() + 1;
    }
    if (length > XATTR_LIST_BYTES_MAX) {
      throw new FileSystemException(Errno.ENOSPC);
    }
  }

  private static void touch(Change change, Inode inode) {
    inode.changeTime = change.now();
    change.update(inode);
  }
}

package dev.brindle.namespace;

import dev.brindle.store.DirectoryVisitor;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.WritableFileTree.RenameMode;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A directory that no tree holds: its entries are a volume's snapshots or clones. Names are unique
 * in the volume, so every directory of the same kind in a volume is a window on one list, and each
 * shows those that have something to show there.
 */
abstract sealed class VirtualDirectory permits SnapshotDirectory, CloneDirectory {
  /** Anyone who got as far as the directory it stands in may see what versions there are. */
  private static final int MODE = FileMode.DIRECTORY | 0755;

  /** Where the members' cookies begin: those of {@code .} and {@code ..} come first. */
  private static final long COOKIE_SHIFT = 2;

  /**
   * A snapshot or a clone.
   *
   * @param id the version or the volume's id: it orders the list, is the cookie, and with it the
   *     inode number is made
   */
  record Member(long id, Name name, Timestamp created) {}

  /**
   * A version that was made here.
   *
   * @param host the directory that this one stands in, as it was just before
   */
  record Made(Node node, InodeAttributes host) {}

  private final VersionedStore store;
  private final ListTimes times;
  private final Node node;

  VirtualDirectory(VersionedStore store, ListTimes times, Node node) {
    this.store = store;
    this.times = times;
    this.node = node;
  }

  /** All that the volume has, not only what shows here. */
  abstract List<Member> members() throws IOException;

  /** A member of the volume, whether or not it shows here. */
  abstract Optional<Member> named(Name name) throws IOException;

  abstract boolean shows(Member member) throws IOException;

  /** The inode that a member shows itself as here. */
  abstract Node entry(Member member) throws IOException;

  abstract Member create(Name name) throws IOException;

  /** ENOENT when another call has renamed it since it was found. */
  abstract void delete(Member member) throws IOException;

  /** ENOENT when another call has renamed it since it was found. */
  abstract void setName(Member member, Name name) throws IOException;

  final VersionedStore store() {
    return store;
  }

  final Node node() {
    return node;
  }

  final long volume() {
    return node.view().volume();
  }

  /** Its attributes; ENOENT when the directory it stands in was removed. */
  final InodeAttributes attributes() throws IOException {
    InodeAttributes host = host();
    InodeAttributes root = node.view().liveTree().getattr(FileTree.ROOT_INODE);
    Timestamp changed = changed();
    return new InodeAttributes(
        node.shownInode(),
        MODE,
        1,
        root.uid(),
        root.gid(),
        0,
        0,
        0,
        changed,
        changed,
        changed,
        host.birthTime(),
        0);
  }

  /** ENOENT when the directory it stands in was removed: nobody gets into the past from there. */
  final Optional<Node> lookup(Name name) throws IOException {
    VersionName.checkLength(name);
    host();
    Optional<Member> member = visible(name);
    return member.isPresent() ? Optional.of(entry(member.get())) : Optional.empty();
  }

  final Made make(Caller caller, Name name) throws IOException {
    VersionName.check(name);
    InodeAttributes host = host();
    if (named(name).isPresent()) {
      throw new FileSystemException(Errno.EEXIST);
    }
    requireOwner(caller);
    Member member = create(name);
    times.changed(volume(), node.kind());
    return new Made(entry(member), host);
  }

  final void remove(Caller caller, Name name) throws IOException {
    Member member = existing(name);
    requireOwner(caller);
    delete(member);
    times.changed(volume(), node.kind());
  }

  final void rename(
      Caller caller, Name name, VirtualDirectory target, Name newName, RenameMode mode)
      throws IOException {
    Member member = existing(name);
    if (target.node.kind() != node.kind() || target.volume() != volume()) {
      throw new FileSystemException(Errno.EXDEV);
    }
    if (!target.shows(member)) {
      existing(name);
      throw new FileSystemException(Errno.EXDEV);
    }
    VersionName.check(newName);
    Optional<Member> taken = named(newName);
    if (mode == RenameMode.EXCHANGE) {
      throw new FileSystemException(taken.isPresent() ? Errno.EINVAL : Errno.ENOENT);
    }
    if (taken.isPresent()) {
      if (taken.get().id() == member.id() && mode == RenameMode.REPLACE) {
        return;
      }
      throw new FileSystemException(Errno.EEXIST);
    }
    requireOwner(caller);
    setName(member, newName);
    times.changed(volume(), node.kind());
  }

  /** Visits the members that show here, oldest first, after {@code .} and {@code ..}. */
  final void list(long cookie, DirectoryVisitor visitor) throws IOException {
    List<Member> members =
        members().stream()
            .filter(member -> member.id() + COOKIE_SHIFT > cookie)
            .sorted(Comparator.comparingLong(Member::id))
            .toList();
    for (Member member : members) {
      if (!shows(member)) {
        continue;
      }
      long inode = ShownInode.of(member.id(), NodeKind.INODE, node.inode());
      if (!visitor.visit(member.name(), inode, FileMode.DIRECTORY, member.id() + COOKIE_SHIFT)) {
        return;
      }
    }
  }

  private Member existing(Name name) throws IOException {
    VersionName.checkLength(name);
    return visible(name).orElseThrow(() -> new FileSystemException(Errno.ENOENT));
  }

  private Optional<Member> visible(Name name) throws IOException {
    Optional<Member> member = named(name);
    return member.isPresent() && shows(member.get()) ? member : Optional.empty();
  }

  private InodeAttributes host() throws IOException {
    InodeAttributes host = node.view().tree().getattr(node.inode());
    if (!host.isDirectory()) {
      throw new FileSystemException(Errno.ENOTDIR);
    }
    if (host.linkCount() == 0) {
      throw new FileSystemException(Errno.ENOENT);
    }
    return host;
  }

  private Timestamp changed() throws IOException {
    Timestamp known = times.fresh(volume(), node.kind());
    if (known != null) {
      return known;
    }
    VolumeInfo info = store.volume(volume());
    return times.look(volume(), node.kind(), members(), info.created());
  }

  /** Making, renaming and deleting a version is for the owner of the volume's root, and root. */
  private void requireOwner(Caller caller) throws IOException {
    if (!caller.isRoot()
        && caller.uid() != node.view().liveTree().getattr(FileTree.ROOT_INODE).uid()) {
      throw new FileSystemException(
          Errno.EPERM, "only the owner of the volume's root directory may do that");
    }
  }
}

package dev.brindle.namespace;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The {@code .snapshots} of a directory: the snapshots of the volume in which this directory
 * exists. It is found by its inode number, so also where it had another name or place then.
 */
final class SnapshotDirectory extends VirtualDirectory {
  private final ViewTable views;

  SnapshotDirectory(VersionedStore store, ListTimes times, ViewTable views, Node node) {
    super(store, times, node);
    this.views = views;
  }

  @Override
  List<Member> members() throws IOException {
    return store().snapshots(volume()).stream().map(SnapshotDirectory::member).toList();
  }

  @Override
  Optional<Member> named(Name name) throws IOException {
    return store().snapshot(volume(), name).map(SnapshotDirectory::member);
  }

  @Override
  boolean shows(Member member) throws IOException {
    try {
      InodeAttributes then = store().openSnapshot(member.id()).getattr(node().inode());
      return then.linkCount() > 0;
    } catch (FileSystemException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ESTALE) {
        return false;
      }
      throw e;
    }
  }

  @Override
  Node entry(Member member) throws IOException {
    return new Node(views.snapshot(volume(), member.id()), NodeKind.INODE, node().inode());
  }

  @Override
  Member create(Name name) throws IOException {
    return member(store().createSnapshot(volume(), name));
  }

  @Override
  void delete(Member member) throws IOException {
    store().deleteSnapshot(member.id(), member.name());
  }

  @Override
  void setName(Member member, Name name) throws IOException {
    store().renameSnapshot(member.id(), member.name(), name);
  }

  private static Member member(SnapshotInfo info) {
    return new Member(info.version(), info.name(), info.created());
  }
}

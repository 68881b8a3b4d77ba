package dev.brindle.namespace;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;
import dev.brindle.store.VolumeInfo;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The {@code .clones} of a root. A volume's lists all its clones; a snapshot's lists those that
 * were made of it, the same directories once more, and what is made there is a clone of the
 * snapshot.
 */
final class CloneDirectory extends VirtualDirectory {
  private final ViewTable views;

  CloneDirectory(VersionedStore store, ListTimes times, ViewTable views, Node node) {
    super(store, times, node);
    this.views = views;
  }

  @Override
  List<Member> members() throws IOException {
    return store().clones(volume()).stream().map(CloneDirectory::member).toList();
  }

  @Override
  Optional<Member> named(Name name) throws IOException {
    return store().clone(volume(), name).map(CloneDirectory::member);
  }

  @Override
  boolean shows(Member member) throws IOException {
    View view = node().view();
    if (!view.isSnapshot()) {
      return true;
    }
    try {
      return Objects.equals(store().volume(member.id()).origin(), view.version());
    } catch (FileSystemException e) {
      if (e.errno() == Errno.ENOENT) {
        return false;
      }
      throw e;
    }
  }

  @Override
  Node entry(Member member) throws IOException {
    return views.volume(member.id()).root();
  }

  @Override
  Member create(Name name) throws IOException {
    View view = node().view();
    return member(
        view.isSnapshot()
            ? store().cloneSnapshot(view.version(), name)
            : store().cloneVolume(volume(), name));
  }

  @Override
  void delete(Member member) throws IOException {
    store().deleteClone(volume(), member.id(), member.name());
  }

  @Override
  void setName(Member member, Name name) throws IOException {
    store().renameClone(volume(), member.id(), member.name(), name);
  }

  private static Member member(VolumeInfo info) {
    return new Member(info.id(), info.name(), info.created());
  }
}

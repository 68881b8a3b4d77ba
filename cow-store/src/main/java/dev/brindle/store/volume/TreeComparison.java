package dev.brindle.store.volume;

import dev.brindle.store.Difference;
import dev.brindle.store.Difference.Kind;
import dev.brindle.store.Name;
import dev.brindle.store.tree.TreeDiff;
import dev.brindle.store.volume.BackReferenceItem.Reference;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What changed from one version to another, an inode at a time: the items of an inode stand
 * together in both trees.
 *
 * <p>An inode number is never given twice in a volume, so the same number in both trees is the same
 * file: a name that it lost and one that it won are a renaming.
 */
final class TreeComparison {
  private final TreeView from;
  private final TreeView to;
  private final List<InodeChange> changes = new ArrayList<>();

  TreeComparison(TreeView from, TreeView to) {
    this.from = from;
    this.to = to;
  }

  /** What is different of one inode. */
  private static final class InodeChange {
    final long inode;
    boolean content;
    final List<Reference> lost = new ArrayList<>(0);
    final List<Reference> won = new ArrayList<>(0);

    InodeChange(long inode) {
      this.inode = inode;
    }
  }

  /** Finds the differences; neither tree changes meanwhile. */
  void walk() throws IOException {
    TreeDiff.walk(from.tree(), to.tree(), this::note);
  }

  private void note(long high, long offset, byte @Nullable [] old, byte @Nullable [] now)
      throws IOException {
    long inode = ItemType.inodeOf(high);
    int type = ItemType.typeOf(high);
    if (inode == ItemType.ORPHANS || type == ItemType.DIRENT) {
      return;
    }
    if (changes.isEmpty() || changes.get(changes.size() - 1).inode != inode) {
      changes.add(new InodeChange(inode));
    }
    InodeChange change = changes.get(changes.size() - 1);
    if (type == ItemType.BACK_REFERENCE) {
      List<Reference> before = old == null ? List.of() : BackReferenceItem.decode(old);
      List<Reference> after = now == null ? List.of() : BackReferenceItem.decode(now);
      before.stream().filter(name -> !after.contains(name)).forEach(change.lost::add);
      after.stream().filter(name -> !before.contains(name)).forEach(change.won::add);
    } else if (type != ItemType.INODE || old == null || now == null) {
      change.content = true;
    } else {
      change.content |= isModified(Inode.decode(inode, old), Inode.decode(inode, now));
    }
  }

  /** An access time alone is no change, nor is the count of names, which the names tell. */
  private static boolean isModified(Inode old, Inode now) {
    return old.mode != now.mode
        || old.uid != now.uid
        || old.gid != now.gid
        || old.device != now.device
        || old.size != now.size
        || !old.modificationTime.equals(now.modificationTime);
  }

  /** Tells what was found, in the order of the inodes. */
  void tell(Consumer<Difference> sink) throws IOException {
    for (InodeChange change : changes) {
      int renamed = Math.min(change.lost.size(), change.won.size());
      for (int i = 0; i < renamed; i++) {
        tell(sink, Kind.RENAMED, path(to, change.won.get(i)), path(from, change.lost.get(i)));
      }
      for (Reference name : change.lost.subList(renamed, change.lost.size())) {
        tell(sink, Kind.REMOVED, path(from, name), null);
      }
      for (Reference name : change.won.subList(renamed, change.won.size())) {
        tell(sink, Kind.ADDED, path(to, name), null);
      }
      if (change.content && from.find(change.inode) != null) {
        for (Reference name : to.references(change.inode)) {
          if (!change.won.contains(name) || renamed > 0) {
            tell(sink, Kind.MODIFIED, path(to, name), null);
          }
        }
      }
    }
  }

  private static void tell(
      Consumer<Difference> sink, Kind kind, @Nullable Name path, @Nullable Name oldPath) {
    if (path != null) {
      sink.accept(new Difference(kind, path, oldPath));
    }
  }

  /** The path of a name; null when it is below a directory that has none any more. */
  private static @Nullable Name path(TreeView tree, Reference name) throws IOException {
    List<Name> parts = new ArrayList<>();
    parts.add(name.name());
    long directory = name.parent();
    while (directory != dev.brindle.store.FileTree.ROOT_INODE) {
      List<Reference> names = tree.references(directory);
      if (names.isEmpty()) {
        return null;
      }
      parts.add(names.get(0).name());
      directory = names.get(0).parent();
    }
    ByteArrayOutputStream path = new ByteArrayOutputStream();
    for (int i = parts.size() - 1; i >= 0; i--) {
      path.writeBytes(parts.get(i).bytes());
      if (i > 0) {
        path.write('/');
      }
    }
    return Name.of(path.toByteArray());
  }
}

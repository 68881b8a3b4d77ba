package dev.brindle.store.volume;

import dev.brindle.store.FileMode;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.volume.BackReferenceItem.Reference;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The paths of one tree's names, and what stands at the same paths in another tree. Neither tree
 * changes meanwhile; what was found of the directories is remembered, of a bounded number.
 */
final class PathLookup {
  private static final int DIRECTORIES_MAX = 1024;
  private static final long NONE = 0;
  private static final Directory UNREACHABLE = new Directory(null, NONE);
  private static final Directory ROOT = new Directory(new byte[0], FileTree.ROOT_INODE);

  private final TreeView tree;
  private final TreeView other;
  private final Map<Long, Directory> known =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Directory> eldest) {
          return size() > DIRECTORIES_MAX;
        }
      };

  PathLookup(TreeView tree, TreeView other) {
    this.tree = tree;
    this.other = other;
  }

  /**
   * A directory of the tree.
   *
   * @param path with a slash at its end, empty for the root; null when it has none any more
   * @param counterpart the directory of this path in the other tree, or NONE
   */
  private record Directory(byte @Nullable [] path, long counterpart) {}

  /** What has a name in the other tree. */
  record Counterpart(Reference reference, long inode, int type) {}

  /** The path of a name; null when it is below a directory that has none any more. */
  @Nullable Name path(Reference name) throws IOException {
    byte[] above = directory(name.parent()).path;
    return above == null ? null : Name.of(joined(above, name.name().bytes()));
  }

  /** What has a name's path in the other tree. */
  @Nullable Counterpart counterpart(Reference name) throws IOException {
    long parent = directory(name.parent()).counterpart;
    DirentItem.Entry entry = parent == NONE ? null : entry(parent, name.name());
    return entry == null
        ? null
        : new Counterpart(new Reference(parent, name.name()), entry.inode(), entry.mode());
  }

  private DirentItem.@Nullable Entry entry(long directory, Name name) throws IOException {
    return DirentItem.find(other.direntItem(directory, name), name);
  }

  /** Climbs to a directory that is known, and comes down again; paths may be thousands deep. */
  private Directory directory(long inode) throws IOException {
    record Step(long inode, Reference name) {}
    Deque<Step> way = new ArrayDeque<>();
    long at = inode;
    Directory found = known(at);
    while (found == null) {
      List<Reference> names = tree.references(at);
      if (names.isEmpty()) {
        found = UNREACHABLE;
      } else {
        way.push(new Step(at, names.get(0)));
        at = names.get(0).parent();
        found = known(at);
      }
    }
    for (Step step : way) {
      found = below(found, step.name.name());
      known.put(step.inode, found);
    }
    return found;
  }

  private @Nullable Directory known(long inode) {
    return inode == FileTree.ROOT_INODE ? ROOT : known.get(inode);
  }

  private Directory below(Directory above, Name name) throws IOException {
    if (above.path == null) {
      return UNREACHABLE;
    }
    DirentItem.Entry entry = above.counterpart == NONE ? null : entry(above.counterpart, name);
    boolean isDirectory = entry != null && FileMode.isDirectory(entry.mode());
    byte[] path = joined(above.path, name.bytes());
    byte[] withSlash = Arrays.copyOf(path, path.length + 1);
    withSlash[path.length] = '/';
    return new Directory(withSlash, entry != null && isDirectory ? entry.inode() : NONE);
  }

  private static byte[] joined(byte[] above, byte[] name) {
    byte[] path = Arrays.copyOf(above, above.length + name.length);
    System.arraycopy(name, 0, path, above.length, name.length);
    return path;
  }
}

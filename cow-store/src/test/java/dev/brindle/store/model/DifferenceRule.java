package dev.brindle.store.model;

import dev.brindle.store.Difference;
import dev.brindle.store.Difference.Kind;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a diff of two trees of one volume says, computed the plain way. A name that an inode has in
 * both trees says nothing, and so does one that it lost and won with the same path; one that it
 * lost and one that it won are a rename; further ones are removed or added, or modified when
 * another inode of the same type has the same path in the other tree, lost or won likewise. What is
 * below a renamed directory is not renamed. An inode in both trees is modified, under a path in the
 * newer tree, when its mode, owner, size, bytes, extended attributes or modification time are not
 * the same; the diff may say so when it was merely written to.
 */
final class DifferenceRule {
  /** Runs a diff. */
  interface Run {
    void into(Consumer<Difference> sink) throws IOException;
  }

  private record Link(long directory, Name name) {}

  private final TreeState from;
  private final TreeState to;
  private final Map<Long, List<Link>> fromLinks;
  private final Map<Long, List<Link>> toLinks;

  private DifferenceRule(TreeState from, TreeState to) {
    this.from = from.withoutOrphans();
    this.to = to.withoutOrphans();
    fromLinks = links(from);
    toLinks = links(to);
  }

  static void verify(TreeState from, TreeState to, Run run) throws IOException {
    List<Difference> found = new ArrayList<>();
    run.into(found::add);
    new DifferenceRule(from, to).verify(found);
  }

  private void verify(List<Difference> found) {
    Map<String, Long> lost = new HashMap<>();
    Map<String, Long> won = new HashMap<>();
    Map<String, Long> paths = new HashMap<>();
    Map<Long, Integer> renames = new TreeMap<>();
    for (long inode : inodes()) {
      List<Link> before = fromLinks.getOrDefault(inode, List.of());
      List<Link> after = toLinks.getOrDefault(inode, List.of());
      after.forEach(link -> paths.put(text(path(to, toLinks, link)), inode));
      before.stream()
          .filter(link -> !after.contains(link))
          .forEach(link -> lost.put(text(path(from, fromLinks, link)), inode));
      after.stream()
          .filter(link -> !before.contains(link))
          .forEach(link -> won.put(text(path(to, toLinks, link)), inode));
    }
    for (String path : List.copyOf(lost.keySet())) {
      if (lost.get(path).equals(won.get(path))) {
        lost.remove(path);
        won.remove(path);
      }
    }
    lost.forEach((path, inode) -> renames.merge(inode, 1, Integer::sum));
    renames.replaceAll((inode, count) -> Math.min(count, count(won, inode)));
    TreeSet<Long> modified = new TreeSet<>();
    Map<String, Long> removed = new HashMap<>();
    Map<String, Long> added = new HashMap<>();
    for (Difference difference : found) {
      String path = text(difference.path());
      switch (difference.kind()) {
        case ADDED -> added.put(path, take(won, path, difference));
        case REMOVED -> removed.put(path, take(lost, path, difference));
        case RENAMED -> {
          long inode = take(won, path, difference);
          InodeComparison.equal(
              "inode of " + text(difference),
              inode,
              take(lost, text(Objects.requireNonNull(difference.oldPath())), difference));
          renames.merge(inode, -1, Integer::sum);
        }
        case MODIFIED -> {
          if (lost.containsKey(path) && isReplaced(lost.get(path), won.get(path))) {
            lost.remove(path);
            won.remove(path);
          } else {
            modified.add(modified(paths, path));
          }
        }
      }
    }
    removed.forEach(
        (path, inode) -> {
          if (isReplaced(inode, added.get(path))) {
            throw new AssertionError("the diff says - and + instead of M: " + path);
          }
        });
    boolean allRenamed = renames.values().stream().allMatch(left -> left == 0);
    if (!lost.isEmpty() || !won.isEmpty() || !allRenamed) {
      throw new AssertionError("the diff lacks - " + lost + ", + " + won + ", R " + renames);
    }
    verifyModified(modified);
  }

  /** True for two inodes of one type: who sees just the path sees another content. */
  private boolean isReplaced(long inode, @Nullable Long by) {
    return by != null && type(from, inode) == type(to, by);
  }

  private static int type(TreeState tree, long inode) {
    return tree.inodes().get(inode).mode() & FileMode.TYPE_MASK;
  }

  private static int count(Map<String, Long> paths, long inode) {
    return (int) paths.values().stream().filter(number -> number == inode).count();
  }

  private static long take(Map<String, Long> paths, String path, Difference difference) {
    Long inode = paths.remove(path);
    if (inode == null) {
      throw new AssertionError("the diff says wrongly or twice: " + text(difference));
    }
    return inode;
  }

  private long modified(Map<String, Long> paths, String path) {
    Long inode = path.isEmpty() ? Long.valueOf(FileTree.ROOT_INODE) : paths.get(path);
    ModelInode before = inode == null ? null : from.inodes().get(inode);
    ModelInode after = inode == null ? null : to.inodes().get(inode);
    if (before == null || after == null || isUntouched(before, after)) {
      throw new AssertionError("the diff says wrongly: M " + path);
    }
    return inode;
  }

  private void verifyModified(TreeSet<Long> found) {
    for (long inode : inodes()) {
      ModelInode before = from.inodes().get(inode);
      ModelInode after = to.inodes().get(inode);
      boolean changed = before != null && after != null && !same(before, after);
      if (changed && inode != FileTree.ROOT_INODE && !found.contains(inode)) {
        throw new AssertionError("the diff lacks M " + text(firstPath(to, toLinks, inode)));
      }
    }
  }

  private TreeSet<Long> inodes() {
    TreeSet<Long> inodes = new TreeSet<>(fromLinks.keySet());
    inodes.addAll(toLinks.keySet());
    return inodes;
  }

  /** Nobody did anything to the inode that counts as a change, not even in vain. */
  private static boolean isUntouched(ModelInode a, ModelInode b) {
    return a.mode() == b.mode()
        && a.userFlags() == b.userFlags()
        && a.uid() == b.uid()
        && a.gid() == b.gid()
        && a.content() == b.content()
        && a.xattrs() == b.xattrs()
        && a.modificationTime().equals(b.modificationTime());
  }

  static List<Difference> expected(TreeState from, TreeState to) {
    return new DifferenceRule(from, to).expected();
  }

  private List<Difference> expected() {
    List<Difference> result = new ArrayList<>();
    Map<Name, Long> removed = new HashMap<>();
    Map<Name, Long> added = new HashMap<>();
    for (long inode : inodes()) {
      names(inode, result, removed, added);
      ModelInode before = from.inodes().get(inode);
      ModelInode after = to.inodes().get(inode);
      if (before != null && after != null && !showsSame(before, after)) {
        result.add(new Difference(Kind.MODIFIED, firstPath(to, toLinks, inode), null));
      }
    }
    for (Map.Entry<Name, Long> entry : removed.entrySet()) {
      boolean replaced = isReplaced(entry.getValue(), added.get(entry.getKey()));
      if (replaced) {
        added.remove(entry.getKey());
      }
      Kind kind = replaced ? Kind.MODIFIED : Kind.REMOVED;
      result.add(new Difference(kind, entry.getKey(), null));
    }
    added.keySet().forEach(path -> result.add(new Difference(Kind.ADDED, path, null)));
    return result;
  }

  private void names(
      long inode, List<Difference> result, Map<Name, Long> removed, Map<Name, Long> added) {
    Map<Name, Link> lost = byPath(from, fromLinks, inode);
    Map<Name, Link> got = byPath(to, toLinks, inode);
    List<Link> unchanged = new ArrayList<>(lost.values());
    unchanged.retainAll(got.values());
    lost.values().removeAll(unchanged);
    got.values().removeAll(unchanged);
    List<Name> samePaths = new ArrayList<>(lost.keySet());
    samePaths.retainAll(got.keySet());
    lost.keySet().removeAll(samePaths);
    got.keySet().removeAll(samePaths);
    List<Name> oldPaths = List.copyOf(lost.keySet());
    List<Name> newPaths = List.copyOf(got.keySet());
    int renamed = Math.min(oldPaths.size(), newPaths.size());
    for (int i = 0; i < renamed; i++) {
      result.add(new Difference(Kind.RENAMED, newPaths.get(i), oldPaths.get(i)));
    }
    oldPaths.stream().skip(renamed).forEach(path -> removed.put(path, inode));
    newPaths.stream().skip(renamed).forEach(path -> added.put(path, inode));
  }

  private static Map<Name, Link> byPath(TreeState tree, Map<Long, List<Link>> links, long inode) {
    Map<Name, Link> paths = new LinkedHashMap<>();
    links.getOrDefault(inode, List.of()).forEach(link -> paths.put(path(tree, links, link), link));
    return paths;
  }

  private static boolean same(ModelInode a, ModelInode b) {
    return a.modificationTime().mayBe(b.modificationTime()) && sameButForTimes(a, b);
  }

  /** For a model that is a store: it shows the latest of the times that may be. */
  private static boolean showsSame(ModelInode a, ModelInode b) {
    return a.modificationTime().latest().equals(b.modificationTime().latest())
        && sameButForTimes(a, b);
  }

  private static boolean sameButForTimes(ModelInode a, ModelInode b) {
    return a.mode() == b.mode()
        && a.userFlags() == b.userFlags()
        && a.uid() == b.uid()
        && a.gid() == b.gid()
        && a.size() == b.size()
        && a.xattrs().sameAs(b.xattrs(), Arrays::equals)
        && sameBytes(a.content(), b.content())
        && sameBytes(b.content(), a.content());
  }

  private static boolean sameBytes(SparseBytes a, SparseBytes b) {
    for (Map.Entry<Long, byte[]> block : a.written()) {
      if (!Arrays.equals(block.getValue(), b.block(block.getKey()))) {
        return false;
      }
    }
    return true;
  }

  private static Map<Long, List<Link>> links(TreeState tree) {
    Map<Long, List<Link>> links = new HashMap<>();
    for (Map.Entry<Long, ModelInode> directory : tree.inodes()) {
      for (Map.Entry<Name, Long> entry : directory.getValue().entries()) {
        links
            .computeIfAbsent(entry.getValue(), inode -> new ArrayList<>())
            .add(new Link(directory.getKey(), entry.getKey()));
      }
    }
    return links;
  }

  private static Name firstPath(TreeState tree, Map<Long, List<Link>> links, long inode) {
    return inode == FileTree.ROOT_INODE ? Name.of("") : path(tree, links, links.get(inode).get(0));
  }

  private static Name path(TreeState tree, Map<Long, List<Link>> links, Link link) {
    if (link.directory() == FileTree.ROOT_INODE) {
      return link.name();
    }
    byte[] parent = firstPath(tree, links, link.directory()).bytes();
    byte[] name = link.name().bytes();
    byte[] path = Arrays.copyOf(parent, parent.length + 1 + name.length);
    path[parent.length] = '/';
    System.arraycopy(name, 0, path, parent.length + 1, name.length);
    return Name.of(path);
  }

  private static String text(Difference difference) {
    String old = difference.oldPath() == null ? "" : text(difference.oldPath()) + " -> ";
    return difference.kind().symbol() + " " + old + text(difference.path());
  }

  /** Tells names apart that are not UTF-8. */
  private static String text(Name path) {
    return new String(path.bytes(), StandardCharsets.ISO_8859_1);
  }
}

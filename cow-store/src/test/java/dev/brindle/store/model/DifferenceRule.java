package dev.brindle.store.model;

import dev.brindle.store.Difference;
import dev.brindle.store.Difference.Kind;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What a diff of two trees of one volume says, computed the plain way. A name that an inode has in
 * both trees says nothing; one that it lost and one that it won are a rename; further ones are
 * removed or added. What is below a renamed directory is not renamed. An inode in both trees is
 * modified, under a path in the newer tree, when its mode, owner, size, bytes, extended attributes
 * or modification time are not the same; the diff may say so when it was merely written to.
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
    lost.forEach((path, inode) -> renames.merge(inode, 1, Integer::sum));
    renames.replaceAll((inode, count) -> Math.min(count, count(won, inode)));
    TreeSet<Long> modified = new TreeSet<>();
    for (Difference difference : found) {
      String path = text(difference.path());
      switch (difference.kind()) {
        case ADDED -> take(won, path, difference);
        case REMOVED -> take(lost, path, difference);
        case RENAMED -> {
          long inode = take(won, path, difference);
          InodeComparison.equal(
              "inode of " + text(difference),
              inode,
              take(lost, text(Objects.requireNonNull(difference.oldPath())), difference));
          renames.merge(inode, -1, Integer::sum);
        }
        case MODIFIED -> modified.add(modified(paths, path));
      }
    }
    boolean allRenamed = renames.values().stream().allMatch(left -> left == 0);
    if (!lost.isEmpty() || !won.isEmpty() || !allRenamed) {
      throw new AssertionError("the diff lacks - " + lost + ", + " + won + ", R " + renames);
    }
    verifyModified(modified);
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
    for (long inode : inodes()) {
      names(inode, result);
      ModelInode before = from.inodes().get(inode);
      ModelInode after = to.inodes().get(inode);
      if (before != null && after != null && !same(before, after)) {
        result.add(new Difference(Kind.MODIFIED, firstPath(to, toLinks, inode), null));
      }
    }
    return result;
  }

  private void names(long inode, List<Difference> result) {
    List<Link> lost = new ArrayList<>(fromLinks.getOrDefault(inode, List.of()));
    List<Link> got = new ArrayList<>(toLinks.getOrDefault(inode, List.of()));
    List<Link> both = new ArrayList<>(lost);
    both.retainAll(got);
    lost.removeAll(both);
    got.removeAll(both);
    int renamed = Math.min(lost.size(), got.size());
    for (int i = 0; i < renamed; i++) {
      result.add(
          new Difference(
              Kind.RENAMED, path(to, toLinks, got.get(i)), path(from, fromLinks, lost.get(i))));
    }
    for (Link link : lost.subList(renamed, lost.size())) {
      result.add(new Difference(Kind.REMOVED, path(from, fromLinks, link), null));
    }
    for (Link link : got.subList(renamed, got.size())) {
      result.add(new Difference(Kind.ADDED, path(to, toLinks, link), null));
    }
  }

  private static boolean same(ModelInode a, ModelInode b) {
    return a.mode() == b.mode()
        && a.uid() == b.uid()
        && a.gid() == b.gid()
        && a.size() == b.size()
        && a.modificationTime().mayBe(b.modificationTime())
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

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
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What a diff of two trees of one volume says, computed the plain way. A name that an inode has in
 * both trees says nothing; one that it lost and one that it got are a rename; further ones are
 * removed or added. A file whose data, attributes or extended attributes are not the same is
 * modified, under its path in the newer tree. What is below a renamed directory is not renamed.
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
    this.from = from;
    this.to = to;
    fromLinks = links(from);
    toLinks = links(to);
  }

  static void verify(TreeState from, TreeState to, Run run) throws IOException {
    List<Difference> found = new ArrayList<>();
    run.into(found::add);
    new DifferenceRule(from, to).verify(found);
  }

  private void verify(List<Difference> found) {
    TreeSet<String> actual = new TreeSet<>();
    for (Difference difference : found) {
      if (!actual.add(text(difference))) {
        throw new AssertionError("the diff says twice: " + text(difference));
      }
    }
    TreeSet<String> expected = new TreeSet<>();
    for (Difference difference : expected()) {
      expected.add(text(difference));
    }
    if (!actual.equals(expected)) {
      TreeSet<String> missing = new TreeSet<>(expected);
      missing.removeAll(actual);
      actual.removeAll(expected);
      throw new AssertionError("the diff misses " + missing + " and has instead " + actual);
    }
  }

  static List<Difference> expected(TreeState from, TreeState to) {
    return new DifferenceRule(from, to).expected();
  }

  private List<Difference> expected() {
    List<Difference> result = new ArrayList<>();
    TreeSet<Long> inodes = new TreeSet<>(fromLinks.keySet());
    inodes.addAll(toLinks.keySet());
    inodes.add(FileTree.ROOT_INODE);
    for (long inode : inodes) {
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

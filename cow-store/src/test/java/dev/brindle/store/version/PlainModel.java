package dev.brindle.store.version;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the version tree must do, said with sets: each version is the pieces it refers to. */
final class PlainModel {
  /** A version: a map from keys to pieces, like a file from offsets to blocks. */
  static final class Node {
    final long id;
    final long volume;
    long parent;
    @Nullable String name;
    boolean isHead;
    final TreeMap<Integer, Piece> pieces;

    Node(long id, long volume, long parent, TreeMap<Integer, Piece> pieces) {
      this.id = id;
      this.volume = volume;
      this.parent = parent;
      this.pieces = new TreeMap<>(pieces);
    }

    boolean isNamed() {
      return isHead || name != null;
    }

    Node copy() {
      Node copy = new Node(id, volume, parent, pieces);
      copy.name = name;
      copy.isHead = isHead;
      return copy;
    }
  }

  /** A volume: its place among the others. */
  record Volume(long id, long parent, String name) {}

  final TreeMap<Long, Node> nodes = new TreeMap<>();
  final TreeMap<Long, Volume> volumes = new TreeMap<>();

  PlainModel copy() {
    PlainModel copy = new PlainModel();
    nodes.forEach((id, node) -> copy.nodes.put(id, node.copy()));
    copy.volumes.putAll(volumes);
    return copy;
  }

  Node head(long volume) {
    return nodes.values().stream()
        .filter(node -> node.isHead && node.volume == volume)
        .findFirst()
        .orElseThrow();
  }

  List<Node> snapshots(long volume) {
    return nodes.values().stream()
        .filter(node -> node.name != null && node.volume == volume)
        .toList();
  }

  Node addHead(long id, long volume, @Nullable Node parent) {
    Node head =
        parent == null
            ? new Node(id, volume, 0, new TreeMap<>())
            : new Node(id, volume, parent.id, parent.pieces);
    head.isHead = true;
    nodes.put(id, head);
    return head;
  }

  /** Takes away what has no name and is no branching point. */
  void normalize() {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Node node : new ArrayList<>(nodes.values())) {
        List<Node> children = children(node.id);
        if (!node.isNamed() && children.size() <= 1) {
          children.forEach(child -> child.parent = node.parent);
          nodes.remove(node.id);
          changed = true;
        }
      }
    }
  }

  private List<Node> children(long id) {
    return nodes.values().stream().filter(node -> node.parent == id).toList();
  }

  Set<Piece> referred() {
    Set<Piece> all = new HashSet<>();
    nodes.values().forEach(node -> all.addAll(node.pieces.values()));
    return all;
  }

  static long bytes(Collection<Piece> pieces) {
    return pieces.stream().mapToLong(Piece::bytes).sum();
  }

  long refer(Node node) {
    return bytes(node.pieces.values());
  }

  long written(Node node) {
    Set<Piece> pieces = new HashSet<>(node.pieces.values());
    if (node.parent != 0) {
      pieces.removeAll(nodes.get(node.parent).pieces.values());
    }
    return bytes(pieces);
  }

  long used(Node node) {
    PlainModel without = copy();
    Node there = without.nodes.get(node.id);
    there.name = null;
    there.isHead = false;
    without.normalize();
    return bytes(referred()) - bytes(without.referred());
  }

  Map<Long, Volume> clonesOf(long volume) {
    Map<Long, Volume> clones = new TreeMap<>(volumes);
    clones.values().removeIf(clone -> clone.parent != volume);
    return clones;
  }
}

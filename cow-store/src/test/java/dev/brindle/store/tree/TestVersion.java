package dev.brindle.store.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A version with the simplest deadlist there can be, and what its tree should hold. */
final class TestVersion implements Ownership {
  record Key(long high, long offset) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      return Keys.compare(high, offset, other.high, other.offset);
    }
  }

  record Dead(long nodeId, long born) {}

  final long version;
  NodeStore nodes;
  long parent;
  long root;
  long bytes;
  boolean isHead = true;
  List<Dead> deadlist = new ArrayList<>();
  final TreeMap<Key, byte[]> model;

  TestVersion(NodeStore nodes, long version) {
    this.nodes = nodes;
    this.version = version;
    model = new TreeMap<>();
  }

  /** A new version that begins as its parent is. */
  TestVersion(TestVersion parent, long version) {
    nodes = parent.nodes;
    this.version = version;
    this.parent = parent.version;
    root = parent.root;
    bytes = parent.bytes;
    model = new TreeMap<>(parent.model);
  }

  @Override
  public long version() {
    return version;
  }

  @Override
  public boolean owns(long born) {
    return born > parent;
  }

  @Override
  public void allocated(int bytes) {
    this.bytes += bytes;
  }

  @Override
  public void released(long nodeId, int bytes, long born) {
    this.bytes -= bytes;
    if (owns(born)) {
      nodes.free(nodeId);
    } else {
      deadlist.add(new Dead(nodeId, born));
    }
  }
}

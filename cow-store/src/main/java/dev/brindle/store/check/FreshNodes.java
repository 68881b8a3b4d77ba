package dev.brindle.store.check;

/** Verifies a version's nodes, and remembers which of them no version had that came before. */
final class FreshNodes extends StructureWalk {
  private final NodeOwners owners;
  private final LongSet fresh = new LongSet();

  FreshNodes(String place, NodeOwners owners, Problems problems) {
    super(place, owners, problems);
    this.owners = owners;
  }

  @Override
  public boolean enter(long nodeId) {
    return add(nodeId);
  }

  /** Returns whether nobody had the node before. */
  boolean add(long nodeId) {
    if (!owners.add(nodeId)) {
      return false;
    }
    return fresh.add(nodeId);
  }

  boolean contains(long nodeId) {
    return fresh.contains(nodeId);
  }
}

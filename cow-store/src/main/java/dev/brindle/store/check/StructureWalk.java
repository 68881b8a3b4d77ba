package dev.brindle.store.check;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.tree.TreeWalk;

/** Verifies the nodes of a tree that were not verified with another tree. */
class StructureWalk implements TreeWalk.Visitor {
  private final String place;
  private final NodeOwners owners;
  private final Problems problems;
  private boolean isSound = true;

  StructureWalk(String place, NodeOwners owners, Problems problems) {
    this.place = place;
    this.owners = owners;
    this.problems = problems;
  }

  /** False when a node that was visited for the first time is damaged. */
  boolean isSound() {
    return isSound;
  }

  @Override
  public boolean enter(long nodeId) {
    return owners.add(nodeId);
  }

  @Override
  public void node(long nodeId, long born, int level, int encodedBytes) {}

  @Override
  public void item(long high, long offset, byte[] value) {}

  @Override
  public void damaged(long nodeId, CorruptStoreException cause) {
    isSound = false;
    owners.markIncomplete();
    problems.add(place, String.valueOf(cause.getMessage()));
  }
}

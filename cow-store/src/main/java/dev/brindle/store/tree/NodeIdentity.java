package dev.brindle.store.tree;

/** Which node an object is, and who may change it; see {@link TreeNode} for the fields. */
record NodeIdentity(long id, long born, int level, long writer, long epoch) {
  /** The identity of a node as its record has it: nobody may change the object. */
  static NodeIdentity ofRecord(long id, long born, int level) {
    return new NodeIdentity(id, born, level, 0, TreeNode.NO_EPOCH);
  }
}

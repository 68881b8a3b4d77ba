package dev.brindle.store.tree;

/**
 * What a tree asks and tells the version it belongs to: which nodes it may change in place, and
 * what it begins and ceases to refer to. Called by the tree's one writer, with memory work only in
 * return.
 */
public interface Ownership {
  /** The number of the head that the tree belongs to. */
  long version();

  /**
   * Whether no snapshot and no other head can see what was born then: {@code born > parent's
   * number}. Monotone: what was born later than something owned is owned too.
   */
  boolean owns(long born);

  /**
   * The tree refers to so many bytes more.
   *
   * @param bytes of records; negative when a node that stays has become smaller
   */
  void allocated(int bytes);

  /**
   * The tree no longer refers to a node. The implementation frees an owned one at once ({@link
   * NodeStore#free}) and puts any other on its deadlist.
   *
   * @param bytes the size of the node's record
   */
  void released(long nodeId, int bytes, long born);
}

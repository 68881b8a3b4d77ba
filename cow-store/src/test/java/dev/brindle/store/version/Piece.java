package dev.brindle.store.version;

/**
 * One unit in the model: a reference to a block, or a tree node.
 *
 * @param place the block's address or the node's id
 * @param label tells references to one block apart
 */
record Piece(boolean isNode, long place, long born, long bytes, long label) {
  /** What a piece refers to: several may to the same. */
  record Space(boolean isNode, long place) {}

  Space space() {
    return new Space(isNode, place);
  }
}

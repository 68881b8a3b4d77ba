package dev.brindle.store.version;

/**
 * One unit of space in the model: a block of an extent, or a tree node.
 *
 * @param place the block's address or the node's id
 */
record Piece(boolean isNode, long place, long born, long bytes) {}

package dev.brindle.store.version;

import java.io.IOException;

/**
 * Where freed space goes: blocks to the log's live maps, nodes to the node store. Called with the
 * gate held, at times under the version tree's monitor; it must not call back.
 */
interface Freer {
  /**
   * No version refers to these blocks of 4 KiB any more.
   *
   * @param blocks all in one segment
   */
  void freeBlocks(long address, long blocks) throws IOException;

  /** No version refers to this tree node any more. */
  void freeNode(long nodeId);
}

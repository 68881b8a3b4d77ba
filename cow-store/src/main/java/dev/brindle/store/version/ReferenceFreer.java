package dev.brindle.store.version;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;

/**
 * Gives up references, and frees the blocks that have none left. Where damage hides how many a
 * block has it stays taken.
 *
 * @param monitor the version tree's, under which references are counted
 */
record ReferenceFreer(Object monitor, Shares shares, Freer freer, Losses losses) implements Freer {
  /** One reference to each of the blocks. */
  @Override
  public void freeBlocks(long address, long blocks) throws IOException {
    freeBlocks(address, blocks, 1);
  }

  void freeBlocks(long address, long blocks, long references) throws IOException {
    if (references == 1 && shares.isUnshared(address)) {
      freer.freeBlocks(address, blocks);
      return;
    }
    synchronized (monitor) {
      try {
        shares.free(address, blocks, references, freer::freeBlocks);
      } catch (CorruptStoreException e) {
        losses.add(
            "the counts of references are damaged: what is given up is not freed",
            blocks * Entries.BLOCK_BYTES,
            e);
      }
    }
  }

  @Override
  public void freeNode(long nodeId) {
    freer.freeNode(nodeId);
  }
}

package dev.brindle.store;

import java.io.IOException;

/**
 * What is left of a store's index is older than what was durable once. It can be had, but whoever
 * takes it must know.
 */
public final class OlderStateException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * @param store the store's directory
   * @param found the last checkpoint that can be had
   * @param known a later one, which was made
   */
  public OlderStateException(String store, long found, long known) {
    super(
        ("the copies of the index of the store %s are whole up to checkpoint %d only, and"
                    + " checkpoint %d was made: the journal in checkpoints that held what came behind"
                    + " %d is missing or damaged. Put it back from a backup if there is one. To go on"
                    + " without what changed since checkpoint %d: brindle check --rebuild-index"
                    + " --accept-older ")
                .formatted(store, found, known, found, found)
            + store);
  }
}

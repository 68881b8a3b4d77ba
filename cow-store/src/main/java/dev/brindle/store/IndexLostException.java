package dev.brindle.store;

import java.io.IOException;

/**
 * The index of a store is missing, or so damaged that nothing of it can be used. Its copies may
 * bring it back.
 */
public final class IndexLostException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * @param store the store's directory
   * @param how what is wrong with the index
   */
  public IndexLostException(String store, String how) {
    super(
        "the index of the store %s %s; to make it anew from its copies: brindle check"
                .formatted(store, how)
            + " --rebuild-index "
            + store);
  }
}

package dev.brindle.store;

import java.io.IOException;

/**
 * The index of a store or its superblock is missing, or so damaged that nothing of it can be used.
 * Its copies may bring it back.
 */
public final class IndexLostException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * @param store the store's directory
   * @param what is lost: index or superblock
   * @param how what is wrong with it
   */
  public IndexLostException(String store, String what, String how) {
    super(
        "the %s of the store %s %s; to make it anew from its copy: brindle check --rebuild-index %s"
            .formatted(what, store, how, store));
  }
}

package dev.brindle.store.version;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Walks what a version owns, a bit at a time, and frees it on the way. */
interface OwnedSpace {
  /** The first key that was not visited yet; unsigned, high part first. */
  record Cursor(long high, long offset) {
    static final Cursor START = new Cursor(0, 0);
  }

  /**
   * Frees the nodes and extents under a root that were born after a version.
   *
   * @param root 0 for an empty tree
   * @param from where the last call ended; what lies before it is freed already and not read
   * @param budget how many nodes and items to visit, about
   * @return where to go on, or null when nothing is left
   */
  @Nullable Cursor free(long root, long bornAfter, Cursor from, int budget, Freer freer)
      throws IOException;
}

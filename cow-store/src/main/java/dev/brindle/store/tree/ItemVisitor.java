package dev.brindle.store.tree;

import java.io.IOException;

/** Takes items in the order of their keys. */
@FunctionalInterface
public interface ItemVisitor {
  /**
   * @param value the tree's own array: not to be changed
   * @return whether to go on
   */
  boolean visit(long high, long offset, byte[] value) throws IOException;
}

package dev.brindle.store.volume;

import dev.brindle.store.tree.TreeReader;
import java.io.IOException;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The tree of a head. What has no name is in it as long as somebody holds it: after that its items
 * may go step by step, and what is gone of them must not be taken for a part of it.
 */
final class HeadView extends TreeView {
  private final LongPredicate isInMemory;

  /**
   * @param isInMemory whether an inode has a {@link FileState}, as all that are held have
   */
  HeadView(TreeReader tree, NameHash hash, LongPredicate isInMemory) {
    super(tree, hash);
    this.isInMemory = isInMemory;
  }

  @Override
  @Nullable Inode find(long number) throws IOException {
    Inode inode = super.find(number);
    boolean isGone = inode != null && inode.linkCount == 0 && !isInMemory.test(number);
    return isGone ? null : inode;
  }
}

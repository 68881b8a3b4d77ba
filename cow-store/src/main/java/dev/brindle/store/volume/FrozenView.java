package dev.brindle.store.volume;

import dev.brindle.store.tree.TreeReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The tree of a version that does not change any more. What had no name when it was frozen, since
 * somebody held it or it was being removed, is in its items and not in it.
 */
final class FrozenView extends TreeView {
  FrozenView(TreeReader tree, NameHash hash) {
    super(tree, hash);
  }

  @Override
  @Nullable Inode find(long number) throws IOException {
    Inode inode = super.find(number);
    return inode == null || inode.linkCount == 0 ? null : inode;
  }
}

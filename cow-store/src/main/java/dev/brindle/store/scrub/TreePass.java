package dev.brindle.store.scrub;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.tree.OwnedWalk;
import dev.brindle.store.volume.ItemType;
import dev.brindle.store.volume.OpenStore;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the nodes of a version's tree that its parent's does not have, a few at a time. */
final class TreePass {
  private static final int STEP_ITEMS = 512;

  /** Takes the items that are come by. */
  interface Items {
    void item(long high, long offset, byte[] value);
  }

  private final OpenStore store;
  private final Items items;
  private final Damage damage;
  private final Pace pace;

  /** A node that could not be read, whose range of keys ends with the next item that could. */
  private @Nullable Long openFrom;

  private String openCause = "";

  TreePass(OpenStore store, Items items, Damage damage, Pace pace) {
    this.store = store;
    this.items = items;
    this.damage = damage;
    this.pace = pace;
  }

  void run(long version) throws IOException, StoppedException {
    long[] key = {0, 0};
    boolean[] done = {false};
    while (!done[0]) {
      done[0] = true;
      store.withVersionStill(
          version,
          row -> {
            OwnedWalk walk =
                new OwnedWalk(store.nodes(), row.root(), row.parentId(), key[0], key[1]);
            done[0] = walk.step(STEP_ITEMS, visitor(walk));
            key[0] = walk.high();
            key[1] = walk.offset();
          });
      pace.read(0);
    }
    endOpen(ItemType.INODE_MAX);
  }

  private OwnedWalk.Visitor visitor(OwnedWalk walk) {
    return new OwnedWalk.Visitor() {
      @Override
      public void item(long high, long offset, byte[] value) {
        endOpen(ItemType.inodeOf(high));
        items.item(high, offset, value);
      }

      @Override
      public void node(long nodeId, int bytes, long born) {}

      @Override
      public void damaged(long nodeId, CorruptStoreException cause) {
        if (openFrom == null) {
          openFrom = ItemType.inodeOf(walk.high());
          openCause = String.valueOf(cause.getMessage());
        }
      }
    };
  }

  private void endOpen(long lastInode) {
    Long first = openFrom;
    if (first != null) {
      openFrom = null;
      damage.inodes(new Damage.InodeRange(first, lastInode, openCause));
    }
  }
}

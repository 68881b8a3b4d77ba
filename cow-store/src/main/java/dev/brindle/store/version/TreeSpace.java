package dev.brindle.store.version;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.tree.NodeStore;
import dev.brindle.store.tree.OwnedWalk;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** What a version owns, found in its B+tree. */
record TreeSpace(NodeStore nodes, ExtentFinder extents, Losses losses) implements OwnedSpace {
  @Override
  public @Nullable Cursor free(long root, long bornAfter, Cursor from, int budget, Freer freer)
      throws IOException {
    OwnedWalk walk = new OwnedWalk(nodes, root, bornAfter, from.high(), from.offset());
    try {
      boolean done = walk.step(budget, new Visitor(bornAfter, freer));
      return done ? null : new Cursor(walk.high(), walk.offset());
    } catch (IOException e) {
      Cursor reached = new Cursor(walk.high(), walk.offset());
      if (reached.equals(from)) {
        throw e;
      }
      // what is freed already must be behind the cursor; the next step goes on where this one ended
      Logger.warn(e, "a step of a deletion ends early");
      return reached;
    }
  }

  private final class Visitor implements OwnedWalk.Visitor {
    private final long bornAfter;
    private final Freer freer;

    Visitor(long bornAfter, Freer freer) {
      this.bornAfter = bornAfter;
      this.freer = freer;
    }

    @Override
    public void item(long high, long offset, byte[] value) throws IOException {
      ExtentFinder.Blocks found;
      try {
        found = extents.find(high, offset, value);
      } catch (CorruptStoreException e) {
        losses.add("a damaged item of a deleted version is not freed, with its blocks", 0, e);
        return;
      }
      if (found != null && found.born() > bornAfter) {
        freer.freeBlocks(found.address(), found.blocks());
      }
    }

    @Override
    public void node(long nodeId, int bytes, long born) {
      freer.freeNode(nodeId);
    }

    @Override
    public void damaged(long nodeId, CorruptStoreException cause) {
      losses.add(
          "node %d of a deleted version is damaged and not freed, with what is under it"
              .formatted(nodeId),
          0,
          cause);
    }
  }
}

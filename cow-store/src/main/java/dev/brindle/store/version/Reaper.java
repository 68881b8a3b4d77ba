package dev.brindle.store.version;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;
import java.util.Collection;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Deletes versions without a name, oldest first and one at a time. A version once begun is finished
 * before the next: between the steps of two, the child that takes one's place could lose what the
 * other still counts on.
 */
final class Reaper {
  /** Entries that are handled without letting go of the monitor. */
  private static final int SLICE = 64;

  private final VersionTree tree;
  private final OwnedSpace ownedSpace;
  private final ReferenceFreer freer;
  private final Losses losses;
  private final Entries.Sink freeing;

  /** Guarded by this. */
  private int pauses;

  // Guarded by the version tree's monitor; changed with this object's monitor held as well, but
  // for entries of `ready`.
  private final TreeSet<Long> ready = new TreeSet<>();
  private @Nullable Version victim;
  private @Nullable Version merging;

  /** True when nothing of the victim's is left in its child's deadlist. */
  private boolean isDrained;

  Reaper(VersionTree tree, OwnedSpace ownedSpace, ReferenceFreer freer, Losses losses) {
    this.tree = tree;
    this.ownedSpace = ownedSpace;
    this.freer = freer;
    this.losses = losses;
    this.freeing =
        new Entries.Sink() {
          @Override
          public void blocks(long address, long blocks, long count) throws IOException {
            freer.freeBlocks(address, blocks, count);
          }

          @Override
          public void node(long nodeId, long bytes) {
            freer.freeNode(nodeId);
          }
        };
  }

  /** Goes on where the versions' rows say. */
  void resume(Collection<Version> versions) throws CorruptStoreException {
    for (Version version : versions) {
      if (version.mergedList != 0) {
        merging = only(merging, version);
      }
      if (version.state.isBeingReaped()) {
        victim = only(victim, version);
      }
      consider(version);
    }
  }

  private static Version only(@Nullable Version first, Version second)
      throws CorruptStoreException {
    if (first != null) {
      throw new CorruptStoreException(
          "index.db", -1, "the deletion of both " + first + " and " + second + " has begun");
    }
    return second;
  }

  /** Called under the tree's monitor when a version lost its name or a child. */
  void consider(Version version) {
    if (version.isReady()) {
      ready.add(version.id());
    }
  }

  /** A repair has taken out what there was to reap. Under the tree's monitor. */
  void forget() {
    ready.clear();
    victim = null;
    merging = null;
    isDrained = false;
  }

  /** How many versions are not freed yet; the deadlist that one has left counts as one. */
  int pending() {
    synchronized (tree) {
      return ready.size() + (victim == null && merging == null ? 0 : 1);
    }
  }

  /** Waits for a step that runs, and lets none begin until the pause has ended. */
  synchronized void pause() {
    pauses++;
  }

  synchronized void resumeAfterPause() {
    pauses--;
  }

  synchronized ReapProgress step(int budget) throws IOException {
    if (pauses > 0) {
      return ReapProgress.IDLE;
    }
    Version next;
    synchronized (tree) {
      if (merging != null) {
        merge(merging, Math.min(SLICE, budget));
        return ReapProgress.MORE;
      }
      next = victim == null ? begin() : victim;
    }
    if (next == null) {
      return ReapProgress.IDLE;
    }
    return switch (next.state) {
      case FREEING_TREE -> freeTree(next, budget);
      case DROPPING_DEADLIST -> dropDeadlist(next, budget);
      case FREEING_DEADLIST -> freeDeadlist(next, budget);
      case HEAD, SNAPSHOT, NAMELESS ->
          throw new IllegalStateException(next + " is " + next.state + " and being reaped");
    };
  }

  private @Nullable Version begin() {
    Long id = ready.pollFirst();
    if (id == null) {
      return null;
    }
    Version version = tree.find(id);
    if (version == null || !version.isReady()) {
      throw new IllegalStateException("version " + id + " is not ready to go");
    }
    version.state =
        version.children.isEmpty() ? VersionState.FREEING_TREE : VersionState.FREEING_DEADLIST;
    version.markChanged();
    victim = version;
    isDrained = false;
    return version;
  }

  private ReapProgress freeTree(Version leaf, int budget) throws IOException {
    OwnedSpace.Cursor next =
        ownedSpace.free(leaf.root(), leaf.parentId(), leaf.cursor, budget, freer);
    synchronized (tree) {
      if (next == null) {
        leaf.state = VersionState.DROPPING_DEADLIST;
        leaf.setRoot(0);
      } else {
        leaf.cursor = next;
      }
      leaf.markChanged();
    }
    return ReapProgress.MORE;
  }

  private ReapProgress dropDeadlist(Version leaf, int budget) throws IOException {
    if (take(leaf, 0, budget, Discard.INSTANCE)) {
      synchronized (tree) {
        finish(leaf);
      }
    }
    return ReapProgress.MORE;
  }

  private void finish(Version leaf) {
    Version parent = leaf.parent;
    tree.remove(leaf);
    victim = null;
    if (parent != null) {
      parent.children.remove(leaf);
      consider(parent);
    }
  }

  private ReapProgress freeDeadlist(Version version, int budget) throws IOException {
    Version child;
    synchronized (tree) {
      child = version.onlyChild();
    }
    if (!take(child, version.parentId(), budget, freeing)) {
      return ReapProgress.MORE;
    }
    synchronized (tree) {
      isDrained = true;
    }
    return ReapProgress.SPLICE;
  }

  /**
   * Takes entries born after a version from another's deadlist.
   *
   * @return true when none is left
   */
  private boolean take(Version owner, long bornAfter, int budget, Entries.Sink sink)
      throws IOException {
    for (int taken = 0; taken < budget; taken += SLICE) {
      synchronized (tree) {
        if (owner.list == 0) {
          return true;
        }
        int slice = Math.min(SLICE, budget - taken);
        if (takeSlice(owner, bornAfter, slice, sink) < slice) {
          return true;
        }
      }
    }
    return false;
  }

  private int takeSlice(Version owner, long bornAfter, int slice, Entries.Sink sink)
      throws IOException {
    try {
      Measured measured = new Measured(sink);
      int entries = tree.deadlists().take(owner.list, bornAfter, slice, measured);
      owner.deadBytes -= measured.bytes;
      owner.markChanged();
      return entries;
    } catch (CorruptStoreException e) {
      giveUp(owner, e);
      return 0;
    }
  }

  /**
   * Goes on with an empty list in the place of a damaged one: what it held stays taken, and all
   * that a shorter deadlist ever does is to free less.
   */
  private void giveUp(Version owner, CorruptStoreException cause) {
    losses.add("the deadlist of " + owner + " is damaged and given up", owner.deadBytes, cause);
    owner.list = 0;
    owner.mergedList = 0;
    owner.deadBytes = 0;
    owner.markChanged();
  }

  synchronized void splice() {
    if (pauses > 0) {
      return;
    }
    synchronized (tree) {
      Version version = victim;
      if (version != null && isDrained) {
        splice(version, version.onlyChild());
      }
    }
  }

  private void splice(Version version, Version child) {
    Version parent = version.parent;
    child.setParent(parent);
    if (parent != null) {
      parent.children.set(parent.children.indexOf(version), child);
    }
    inherit(version, child);
    child.markChanged();
    tree.remove(version);
    victim = null;
    isDrained = false;
  }

  private void inherit(Version version, Version child) {
    if (version.deadBytes == 0) {
      return;
    }
    boolean isLarger = version.deadBytes > child.deadBytes;
    long childList = child.deadBytes == 0 ? 0 : child.list;
    child.list = isLarger ? version.list : childList;
    child.mergedList = isLarger ? childList : version.list;
    child.deadBytes += version.deadBytes;
    if (child.mergedList != 0) {
      merging = child;
    }
  }

  private void merge(Version version, int budget) throws IOException {
    try {
      if (tree.deadlists().merge(version.mergedList, version.list, budget)) {
        version.mergedList = 0;
        version.markChanged();
        merging = null;
      }
    } catch (CorruptStoreException e) {
      giveUp(version, e);
      merging = null;
    }
  }

  /** Counts the bytes on their way. */
  private static final class Measured implements Entries.Sink {
    private final Entries.Sink sink;
    private long bytes;

    Measured(Entries.Sink sink) {
      this.sink = sink;
    }

    @Override
    public void blocks(long address, long blocks, long count) throws IOException {
      bytes += blocks * count * Entries.BLOCK_BYTES;
      sink.blocks(address, blocks, count);
    }

    @Override
    public void node(long nodeId, long size) throws IOException {
      bytes += size;
      sink.node(nodeId, size);
    }
  }

  /** For what others still refer to: only the entry goes. */
  private enum Discard implements Entries.Sink {
    INSTANCE;

    @Override
    public void blocks(long address, long blocks, long count) {}

    @Override
    public void node(long nodeId, long bytes) {}
  }
}

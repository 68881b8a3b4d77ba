package dev.brindle.store.version;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a repair changes of versions: nobody else has the store. Deadlists are thrown away as a
 * whole and made anew from the trees; until then nothing may be checkpointed.
 */
public final class VersionRepair {
  private final VersionTree tree;
  private final SpaceTree space;
  private final Reaper reaper;

  VersionRepair(VersionTree tree, SpaceTree space, Reaper reaper) {
    this.tree = tree;
    this.space = space;
    this.reaper = reaper;
  }

  /**
   * Takes out the versions whose deletion has begun or is due. Their space is what no other version
   * refers to.
   *
   * @return how many
   */
  public int finishDeletions() {
    synchronized (tree) {
      int gone = 0;
      for (Version version = next(); version != null; version = next()) {
        remove(version);
        gone++;
      }
      reaper.forget();
      return gone;
    }
  }

  private @Nullable Version next() {
    for (Version version : tree.versions()) {
      if (version.isReady() || version.state.isBeingReaped()) {
        return version;
      }
    }
    return null;
  }

  private void remove(Version version) {
    Version parent = version.parent;
    List<Version> heirs = new ArrayList<>(version.children);
    version.children.clear();
    if (parent != null) {
      parent.children.remove(version);
      parent.children.addAll(heirs);
    }
    for (Version heir : heirs) {
      heir.setParent(parent);
      heir.markChanged();
    }
    tree.remove(version);
  }

  /** All versions, parents before their children. */
  public List<Version> versions() {
    return tree.versions();
  }

  public @Nullable Version parent(Version version) {
    synchronized (tree) {
      return version.parent;
    }
  }

  public List<Version> children(Version version) {
    synchronized (tree) {
      return List.copyOf(version.children);
    }
  }

  /** Sets what describes a version's tree. */
  public void setTree(
      Version version, long root, long nextInode, long inodeCount, long referBytes) {
    version.setTree(root, nextInode, inodeCount, referBytes);
    version.markChanged();
  }

  /** Empties all deadlists and the reference-count map, without a look at what is in them. */
  public void dropSpace() {
    synchronized (tree) {
      space.clear();
      for (Version version : tree.versions()) {
        version.list = 0;
        version.mergedList = 0;
        version.deadBytes = 0;
        version.markChanged();
      }
    }
  }

  /**
   * Puts blocks on a version's deadlist.
   *
   * @param blocks all in one segment
   * @param count how many references to each of them were given up
   */
  public void buryBlocks(Version version, long born, long address, long blocks, long count)
      throws IOException {
    synchronized (tree) {
      space.deadlists().addBlocks(listOf(version), born, address, blocks, count);
      version.deadBytes += blocks * count * Entries.BLOCK_BYTES;
    }
  }

  /**
   * Enters blocks in the reference-count map.
   *
   * @param blocks all in one segment
   * @param others how many references each of them has beyond the first
   */
  public void share(long address, long blocks, long others) throws IOException {
    synchronized (tree) {
      space.shares().add(address, blocks, others);
    }
  }

  /** Puts a node on a version's deadlist. */
  public void buryNode(Version version, long born, long nodeId, long bytes) throws IOException {
    synchronized (tree) {
      space.deadlists().addNode(listOf(version), born, nodeId, bytes);
      version.deadBytes += bytes;
    }
  }

  private long listOf(Version version) {
    if (version.list == 0) {
      version.list = space.deadlists().newList();
    }
    return version.list;
  }

  /** The root node of the tree of deadlists and shares; 0 while it is empty. */
  public long spaceRoot() {
    synchronized (tree) {
      return space.root();
    }
  }
}

package dev.brindle.store.version;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.SpaceUsage;
import dev.brindle.store.VolumeInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the versions of a store occupy, from the deadlists' sums. It sees the tree as it will be
 * when the reaper is done, so that figures do not move while it works: a version that is sure to go
 * is passed over, and what lies on the way through it is added up. Used once, under the version
 * tree's monitor.
 */
final class SpaceSums {
  private final Deadlists deadlists;
  private final Losses losses;

  /** The versions that stay, each with those of its children under which something stays. */
  private final Map<Version, List<Version>> childrenThatStay = new HashMap<>();

  /**
   * @param descending all versions, children before parents
   */
  SpaceSums(Deadlists deadlists, Losses losses, Iterable<Version> descending) {
    this.deadlists = deadlists;
    this.losses = losses;
    for (Version version : descending) {
      List<Version> children = new ArrayList<>(version.children);
      children.removeIf(child -> !leadsToName(child));
      childrenThatStay.put(version, children);
    }
  }

  SpaceUsage of(Version version, VolumeInfo volume, @Nullable SnapshotInfo snapshot)
      throws IOException {
    return new SpaceUsage(volume, snapshot, version.referBytes(), used(version), written(version));
  }

  /** What deleting the version alone frees. */
  private long used(Version version) throws IOException {
    List<Version> children = children(version);
    return switch (children.size()) {
      case 0 -> written(version) + freedWithLeaf(version);
      case 1 -> deadInChild(children.get(0), version);
      default -> 0;
    };
  }

  /** What a nameless branching point above a leaf frees when the leaf leaves it one child. */
  private long freedWithLeaf(Version leaf) throws IOException {
    Version branch = parent(leaf);
    if (branch == null || branch.state.isNamed() || children(branch).size() != 2) {
      return 0;
    }
    List<Version> children = new ArrayList<>(children(branch));
    children.removeIf(child -> isOnWay(child, leaf));
    return deadInChild(children.get(0), branch);
  }

  /** What was born since the version's parent and is still there. */
  private long written(Version version) throws IOException {
    Version parent = parent(version);
    if (parent == null) {
      return version.referBytes();
    }
    long dead = 0;
    for (Version step = version; step != parent; step = above(step)) {
      dead += step.parent == parent ? step.deadBytes : dead(step, 0, parent.id());
    }
    return version.referBytes() - parent.referBytes() + dead;
  }

  /** What the version has that neither its parent has nor the one that stays under this child. */
  private long deadInChild(Version child, Version version) throws IOException {
    Version parent = parent(version);
    long after = parent == null ? 0 : parent.id();
    long sum = 0;
    Version step = child;
    while (true) {
      sum += dead(step, after, version.id());
      if (stays(step)) {
        return sum;
      }
      step = children(step).get(0);
    }
  }

  /**
   * What is on a version's deadlist with a birth between two versions; of a damaged one nothing.
   */
  private long dead(Version version, long after, long upTo) throws IOException {
    try {
      return deadlists.bytes(version.list, after, upTo)
          + deadlists.bytes(version.mergedList, after, upTo);
    } catch (CorruptStoreException e) {
      losses.add("the deadlist of " + version + " is damaged and left out of sums", 0, e);
      return 0;
    }
  }

  private boolean leadsToName(Version version) {
    return version.state.isNamed() || !children(version).isEmpty();
  }

  /** False for a version without a name that has, or will have, one child or none. */
  private boolean stays(Version version) {
    return version.state.isNamed() || children(version).size() > 1;
  }

  private List<Version> children(Version version) {
    List<Version> children = childrenThatStay.get(version);
    if (children == null) {
      throw new IllegalStateException(version + " is not in the tree");
    }
    return children;
  }

  /** The nearest version above that stays. */
  private @Nullable Version parent(Version version) {
    Version parent = version.parent;
    while (parent != null && !stays(parent)) {
      parent = parent.parent;
    }
    return parent;
  }

  private static Version above(Version version) {
    Version parent = version.parent;
    if (parent == null) {
      throw new IllegalStateException(version + " has no parent");
    }
    return parent;
  }

  /** True when the way down from a child leads to this leaf. */
  private boolean isOnWay(Version child, Version leaf) {
    Version step = child;
    while (!stays(step)) {
      step = children(step).get(0);
    }
    return step == leaf;
  }
}

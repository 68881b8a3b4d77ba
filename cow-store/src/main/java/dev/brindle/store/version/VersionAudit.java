package dev.brindle.store.version;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.tree.NodeStore;
import dev.brindle.store.tree.OwnedWalk;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that the version tree knows, for the check. The reaper pauses until the audit is closed;
 * heads do not change meanwhile.
 */
public final class VersionAudit implements AutoCloseable {
  /** What is there of a version. */
  public enum Form {
    /** All of it. */
    WHOLE,
    /**
     * A leaf that is being deleted: what it owns from some place on, and a part of its deadlist.
     */
    REMNANT,
    /** Being deleted into its one child: nothing may be said about its tree. */
    HOLLOW
  }

  /** Sees the entries of a deadlist, by birth. */
  public interface DeadVisitor {
    /**
     * @param count how many references to each of the blocks were given up
     */
    void blocks(long born, long address, long blocks, long count) throws IOException;

    void node(long born, long nodeId, long bytes) throws IOException;
  }

  private final VersionTree tree;
  private final Reaper reaper;
  private final SpaceTree space;

  VersionAudit(VersionTree tree, Reaper reaper) throws IOException {
    this.tree = tree;
    this.reaper = reaper;
    reaper.pause();
    try {
      this.space = upToDate(tree);
    } catch (IOException | RuntimeException | Error e) {
      reaper.resumeAfterPause();
      throw e;
    }
  }

  private static SpaceTree upToDate(VersionTree tree) throws IOException {
    synchronized (tree) {
      return tree.space();
    }
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

  public Form form(Version version) {
    synchronized (tree) {
      return switch (version.state) {
        case HEAD, SNAPSHOT, NAMELESS -> Form.WHOLE;
        case FREEING_TREE, DROPPING_DEADLIST -> Form.REMNANT;
        case FREEING_DEADLIST -> Form.HOLLOW;
      };
    }
  }

  /** For messages: what the version is called. */
  public String describe(Version version) {
    synchronized (tree) {
      String volume =
          tree.catalogue()
              .volume(version.volumeId())
              .map(info -> "volume " + info.fullName())
              .orElse("a deleted volume");
      return switch (version.state) {
        case HEAD -> volume;
        case SNAPSHOT -> "snapshot " + version.name + " of " + volume;
        default -> "nameless " + version + " of " + volume;
      };
    }
  }

  /** The root node of the tree of deadlists and shares; its nodes were born in version 0. */
  public long spaceRoot() {
    synchronized (tree) {
      return space.root();
    }
  }

  /**
   * Shows a version's deadlist.
   *
   * @throws CorruptStoreException its sums are not those of its entries
   */
  public void deadlist(Version version, DeadVisitor visitor) throws IOException {
    synchronized (tree) {
      space.deadlists().forEach(version.list, visitor);
      space.deadlists().forEach(version.mergedList, visitor);
    }
  }

  /** Sees blocks with the number of their references beyond the first. */
  public interface ShareVisitor {
    void blocks(long address, long blocks, long others) throws IOException;
  }

  /** Shows the reference-count map. */
  public void shares(ShareVisitor visitor) throws IOException {
    synchronized (tree) {
      space.shares().forEach(visitor);
    }
  }

  /** What the version counts as the bytes of its deadlist. */
  public long deadBytes(Version version) {
    synchronized (tree) {
      return version.deadBytes;
    }
  }

  /** Shows what is left of a {@link Form#REMNANT}. */
  public void remnant(Version version, NodeStore nodes, OwnedWalk.Visitor visitor)
      throws IOException {
    OwnedWalk walk =
        new OwnedWalk(
            nodes,
            version.root(),
            version.parentId(),
            version.cursor.high(),
            version.cursor.offset());
    if (!walk.step(Integer.MAX_VALUE, visitor)) {
      throw new IllegalStateException("the walk over what is left of " + version + " stopped");
    }
  }

  /** A sentence for each head that has children: it would free what they refer to. */
  public List<String> verifyHeads() {
    synchronized (tree) {
      return tree.versions().stream()
          .filter(version -> version.state == VersionState.HEAD && !version.children.isEmpty())
          .map(version -> describe(version) + ": " + version.children.get(0) + " is under its head")
          .toList();
    }
  }

  /** A sentence for each rule that lists, as a whole, break. */
  public List<String> verifyLists() throws IOException {
    synchronized (tree) {
      Map<Long, Version> owners = new TreeMap<>();
      List<String> problems = new java.util.ArrayList<>();
      for (Version version : tree.versions()) {
        for (long list : new long[] {version.list, version.mergedList}) {
          if (list != 0 && owners.put(list, version) != null) {
            problems.add("deadlist " + list + " of " + version + " is another version's too");
          }
        }
      }
      long reached = space.shares().countRows();
      for (long list : owners.keySet()) {
        reached += space.deadlists().countRows(list);
      }
      long there = space.countRows();
      if (there != reached) {
        problems.add(
            "the tree of deadlists and shares holds %d rows, of which the versions have %d"
                .formatted(there, reached));
      }
      return problems;
    }
  }

  @Override
  public void close() {
    reaper.resumeAfterPause();
  }
}

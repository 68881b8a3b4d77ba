package dev.brindle.store.version;

import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A node of the version tree: a volume's writable head, a snapshot, or one of either that lost its
 * name and has not gone yet. What describes its tree may be read at any time; it is set by whoever
 * holds the lock of the volume and the gate.
 */
public final class Version {
  private final VersionTree tree;
  private final long id;
  private final long volumeId;
  private volatile long parentId;
  private volatile long root;
  private volatile long nextInode;
  private volatile long inodeCount;
  private final AtomicLong referBytes = new AtomicLong();
  private volatile boolean changed;

  // The rest is guarded by the version tree's monitor.
  final List<Version> children = new ArrayList<>(1);
  VersionState state;
  Timestamp created;
  @Nullable Version parent;
  @Nullable Name name;

  /** While there are any, the reaper leaves a nameless version alone. Not on disk. */
  int holds;

  /** What {@link #list} and {@link #mergedList} hold. */
  long deadBytes;

  /** Its deadlist; 0 until it is needed. */
  long list;

  /** A second deadlist, inherited and not yet merged into the first; 0 at most times. */
  long mergedList;

  OwnedSpace.Cursor cursor = OwnedSpace.Cursor.START;

  Version(
      VersionTree tree,
      long id,
      long volumeId,
      @Nullable Version parent,
      VersionState state,
      Timestamp created) {
    this.tree = tree;
    this.id = id;
    this.volumeId = volumeId;
    this.state = state;
    this.created = created;
    this.parent = parent;
    this.parentId = parent == null ? 0 : parent.id;
  }

  /** A version as the last checkpoint has it. */
  static Version of(VersionTree tree, VersionRow row, @Nullable Version parent) {
    Version version = new Version(tree, row.id(), row.volume(), parent, row.state(), row.created());
    version.name = row.name();
    version.setTree(row.root(), row.nextInode(), row.inodes(), row.referBytes());
    version.deadBytes = row.deadBytes();
    version.list = row.list();
    version.mergedList = row.mergedList();
    version.cursor = row.cursor();
    return version;
  }

  public long id() {
    return id;
  }

  /** The version before it, 0 when there is none. Changes when that one is deleted. */
  public long parentId() {
    return parentId;
  }

  /** The volume whose head it is or was. */
  public long volumeId() {
    return volumeId;
  }

  /** True when nothing but this version can refer to what was born then. */
  public boolean owns(long born) {
    return born > parentId;
  }

  /** The id of its tree's root node, 0 for an empty tree. */
  public long root() {
    return root;
  }

  public void setRoot(long nodeId) {
    if (nodeId != root) {
      root = nodeId;
      markChanged();
    }
  }

  /** The number that the next inode gets. */
  public long nextInode() {
    return nextInode;
  }

  public void setNextInode(long inode) {
    if (inode != nextInode) {
      nextInode = inode;
      markChanged();
    }
  }

  public long inodeCount() {
    return inodeCount;
  }

  public void setInodeCount(long inodes) {
    if (inodes != inodeCount) {
      inodeCount = inodes;
      markChanged();
    }
  }

  /** What its tree refers to: blocks of data and the records of its nodes. */
  public long referBytes() {
    return referBytes.get();
  }

  void addReferBytes(long bytes) {
    referBytes.addAndGet(bytes);
    markChanged();
  }

  /** Starts with what another version's tree holds. */
  void copyTree(Version from) {
    root = from.root;
    nextInode = from.nextInode;
    inodeCount = from.inodeCount;
    referBytes.set(from.referBytes.get());
  }

  void setTree(long root, long nextInode, long inodeCount, long referBytes) {
    this.root = root;
    this.nextInode = nextInode;
    this.inodeCount = inodeCount;
    this.referBytes.set(referBytes);
  }

  void setParent(@Nullable Version newParent) {
    parent = newParent;
    parentId = newParent == null ? 0 : newParent.id;
  }

  /** Without a name, used by nobody, and with one child at most: it waits for the reaper. */
  boolean isReady() {
    return state == VersionState.NAMELESS && holds == 0 && children.size() <= 1;
  }

  Version onlyChild() {
    if (children.size() != 1) {
      throw new IllegalStateException(this + " has " + children.size() + " children");
    }
    return children.get(0);
  }

  /** Enters it among what the next freeze copies. */
  void markChanged() {
    if (!changed) {
      changed = true;
      tree.changed(this);
    }
  }

  /** From now on a change enters it again. */
  void markUnchanged() {
    changed = false;
  }

  @Override
  public String toString() {
    return "version " + id;
  }
}

package dev.brindle.store.version;

import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import org.jspecify.annotations.Nullable;

/**
 * A version as its row has it; {@link Version} says the fields. Numbers are 0 for none.
 *
 * @param name null for a version that is no snapshot
 */
record VersionRow(
    long id,
    long parent,
    long volume,
    VersionState state,
    @Nullable Name name,
    Timestamp created,
    long root,
    long nextInode,
    long inodes,
    long referBytes,
    long deadBytes,
    long list,
    long mergedList,
    OwnedSpace.Cursor cursor) {

  static VersionRow of(Version version) {
    return new VersionRow(
        version.id(),
        version.parentId(),
        version.volumeId(),
        version.state,
        version.name,
        version.created,
        version.root(),
        version.nextInode(),
        version.inodeCount(),
        version.referBytes(),
        version.deadBytes,
        version.list,
        version.mergedList,
        version.cursor);
  }

  /** A version of whose row nothing is left; its counts and deadlist are to be made anew. */
  static VersionRow rebuilt(
      long id,
      long parent,
      long volume,
      VersionState state,
      @Nullable Name name,
      Timestamp created,
      long root,
      long nextInode) {
    return new VersionRow(
        id,
        parent,
        volume,
        state,
        name,
        created,
        root,
        nextInode,
        0,
        0,
        0,
        0,
        0,
        OwnedSpace.Cursor.START);
  }

  VersionRow under(long newParent) {
    return with(newParent, volume, state, name);
  }

  VersionRow as(VersionState newState, long newVolume, @Nullable Name newName) {
    return with(parent, newVolume, newState, newName);
  }

  private VersionRow with(
      long newParent, long newVolume, VersionState newState, @Nullable Name newName) {
    return new VersionRow(
        id,
        newParent,
        newVolume,
        newState,
        newName,
        created,
        root,
        nextInode,
        inodes,
        referBytes,
        deadBytes,
        list,
        mergedList,
        cursor);
  }
}

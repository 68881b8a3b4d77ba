package dev.brindle.store.version;

/** Where a version stands between its birth and the end of its deletion. The codes are on disk. */
enum VersionState {
  /** The writable head of a volume. */
  HEAD(1),
  /** Immutable, under a name. */
  SNAPSHOT(2),
  /** Without a name: a branching point, or waiting for the reaper. */
  NAMELESS(3),
  /** A leaf whose own nodes and blocks are being freed. */
  FREEING_TREE(4),
  /** A leaf that owns nothing any more and whose deadlist is being thrown away. */
  DROPPING_DEADLIST(5),
  /** It has one child, and what that child's deadlist has from it alone is being freed. */
  FREEING_DEADLIST(6);

  private final int code;

  VersionState(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /** Somebody can name it: it is a head or a snapshot. */
  boolean isNamed() {
    return this == HEAD || this == SNAPSHOT;
  }

  /** The reaper has begun with it and takes no other version before it is done. */
  boolean isBeingReaped() {
    return code >= FREEING_TREE.code;
  }

  /** Null when no state has this code. */
  static @org.jspecify.annotations.Nullable VersionState ofCode(int code) {
    for (VersionState state : values()) {
      if (state.code == code) {
        return state;
      }
    }
    return null;
  }
}

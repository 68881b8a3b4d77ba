package dev.brindle.namespace;

/**
 * The inode number that {@code stat} shows: stable over remounts, and never the same for two files
 * of a mount, so that no program takes two versions of a file for hard links of each other.
 *
 * <pre>
 *    63  62  61  60 59                                                0
 *   +---+---+------+--------------------+------------------------------+
 *   | 0 | v | form | id                 | inode                        |
 *   +---+---+------+--------------------+------------------------------+
 *
 *   form 0    id below 2^20 (20 bits)    inode below 2^40 (40 bits)
 *   form 1    id below 2^28 (28 bits)    inode below 2^32 (32 bits)
 *   form 2    id below 2^36 (36 bits)    inode below 2^24 (24 bits)
 *   form 3    60 bits of a hash of both
 * </pre>
 *
 * The id is 0 for the mounted volume, whose files so show their plain inode number; otherwise it is
 * the snapshot's version or the clone's volume id, which come from one counter. The first form that
 * both numbers fit is used, so the first three are exact. The last needs more than a million
 * versions together with inode numbers above 2^32, or more than 268 million with numbers above
 * 2^24; two of its numbers are equal with a probability of 2^-60.
 *
 * <p>Bit v marks a virtual directory: with the inode of a directory its {@code .snapshots}; with
 * inode 0, which no file has, the {@code .clones} of the view.
 */
final class ShownInode {
  private static final int FORM_SHIFT = 60;
  private static final long HASH_MASK = (1L << FORM_SHIFT) - 1;
  private static final long VIRTUAL = 1L << 62;

  private ShownInode() {}

  static long of(long id, NodeKind kind, long inode) {
    return switch (kind) {
      case INODE -> number(id, inode);
      case SNAPSHOTS -> VIRTUAL | number(id, inode);
      case CLONES -> VIRTUAL | number(id, 0);
    };
  }

  private static long number(long id, long inode) {
    if (fits(id, 20)) {
      return id << 40 | inode;
    }
    if (fits(id, 28) && fits(inode, 32)) {
      return 1L << FORM_SHIFT | id << 32 | inode;
    }
    if (fits(id, 36) && fits(inode, 24)) {
      return 2L << FORM_SHIFT | id << 24 | inode;
    }
    return 3L << FORM_SHIFT | mix(mix(id) + inode) & HASH_MASK;
  }

  private static boolean fits(long number, int bits) {
    return number >>> bits == 0;
  }

  /** The finaliser of SplitMix64: a bijection in which every input bit moves every output bit. */
  private static long mix(long number) {
    long mixed = number + 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
    return mixed ^ mixed >>> 31;
  }
}

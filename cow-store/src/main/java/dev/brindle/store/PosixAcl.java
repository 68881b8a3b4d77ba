package dev.brindle.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A POSIX access control list, in the form of the extended attribute that Linux keeps one in:
 *
 * <pre>
 *   version 4 (= 2) | for each entry: tag 2 | permissions 2 | id 4         little-endian
 *
 *   owner | user ... | owning group | group ... | mask | others
 *     1        2            4           8         16      32
 * </pre>
 *
 * <p>The mask bounds what named users, named groups and the owning group get; where there is one,
 * it is what the mode shows as the group's bits.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/acl.5.html">acl(5)</a>
 */
public final class PosixAcl {
  /** The attribute that decides who gets to an inode. */
  public static final Name ACCESS = Name.of("system.posix_acl_access");

  /** The attribute of a directory that what is made in it inherits. */
  public static final Name DEFAULT = Name.of("system.posix_acl_default");

  private static final int VERSION = 2;
  private static final int HEADER_BYTES = 4;
  private static final int ENTRY_BYTES = 8;
  private static final int NO_ID = -1;
  private static final int ALL = 7;
  private static final int EXECUTE = 1;

  private static final int OWNER = 1;
  private static final int USER = 2;
  private static final int GROUP = 4;
  private static final int NAMED_GROUP = 8;
  private static final int MASK = 16;
  private static final int OTHERS = 32;

  /** By (tag, id), in the order of the attribute. */
  private record Key(int tag, int id) {}

  private final Map<Key, Integer> entries;

  private PosixAcl(Map<Key, Integer> entries) {
    this.entries = entries;
  }

  /** Whether an attribute holds a list. */
  public static boolean isName(Name name) {
    return name.equals(ACCESS) || name.equals(DEFAULT);
  }

  /** The list that says what the nine permission bits of a mode say. */
  public static PosixAcl ofMode(int mode) {
    Map<Key, Integer> entries = new LinkedHashMap<>();
    entries.put(new Key(OWNER, NO_ID), mode >> 6 & ALL);
    entries.put(new Key(GROUP, NO_ID), mode >> 3 & ALL);
    entries.put(new Key(OTHERS, NO_ID), mode & ALL);
    return new PosixAcl(entries);
  }

  /**
   * @throws FileSystemException EOPNOTSUPP for another version of the form; EINVAL for a list that
   *     is cut off, out of order, has an entry twice or lacks one
   */
  public static PosixAcl decode(byte[] value) throws FileSystemException {
    ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    if (value.length < HEADER_BYTES || (value.length - HEADER_BYTES) % ENTRY_BYTES != 0) {
      throw new FileSystemException(Errno.EINVAL);
    }
    if (in.getInt() != VERSION) {
      throw new FileSystemException(Errno.EOPNOTSUPP);
    }
    Map<Key, Integer> entries = new LinkedHashMap<>();
    int last = 0;
    while (in.hasRemaining()) {
      int tag = in.getShort() & 0xffff;
      int permissions = in.getShort() & 0xffff;
      int id = in.getInt();
      boolean named = tag == USER || tag == NAMED_GROUP;
      boolean inOrder = tag > last || (named && tag == last);
      Key key = new Key(tag, named ? id : NO_ID);
      if (!inOrder || (named && id == NO_ID) || (permissions & ~ALL) != 0) {
        throw new FileSystemException(Errno.EINVAL);
      }
      if (Integer.bitCount(tag) != 1 || tag > OTHERS || entries.put(key, permissions) != null) {
        throw new FileSystemException(Errno.EINVAL);
      }
      last = tag;
    }
    PosixAcl acl = new PosixAcl(entries);
    acl.requireWhole();
    return acl;
  }

  private void requireWhole() throws FileSystemException {
    boolean whole = has(OWNER) && has(GROUP) && has(OTHERS) && (isMaskless() || has(MASK));
    if (!whole) {
      throw new FileSystemException(Errno.EINVAL);
    }
  }

  public byte[] encode() {
    ByteBuffer out =
        ByteBuffer.allocate(HEADER_BYTES + entries.size() * ENTRY_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(VERSION);
    entries.forEach(
        (key, permissions) ->
            out.putShort((short) key.tag).putShort((short) (int) permissions).putInt(key.id));
    return out.array();
  }

  private boolean has(int tag) {
    return entries.containsKey(new Key(tag, NO_ID));
  }

  private int get(int tag) {
    return entries.getOrDefault(new Key(tag, NO_ID), ALL);
  }

  /** Whether it names nobody, so that it can do without a mask. */
  private boolean isMaskless() {
    return entries.keySet().stream().noneMatch(key -> key.id != NO_ID);
  }

  /** Whether a mode says as much. */
  public boolean isMinimal() {
    return entries.size() == 3;
  }

  /** The nine permission bits that a mode shows for this list. */
  public int mode() {
    return get(OWNER) << 6 | get(groupClass()) << 3 | get(OTHERS);
  }

  /** The mode that gives nobody but the owner more than the list, to a kernel that ignores it. */
  public int modeForAll() {
    return get(OWNER) << 6 | lowest() << 3 | lowest();
  }

  /** The entry that the mode's group bits are. */
  private int groupClass() {
    return has(MASK) ? MASK : GROUP;
  }

  /** The list after a {@code chmod}. */
  public PosixAcl withMode(int mode) {
    PosixAcl changed = new PosixAcl(new LinkedHashMap<>(entries));
    changed.entries.put(new Key(OWNER, NO_ID), mode >> 6 & ALL);
    changed.entries.put(new Key(groupClass(), NO_ID), mode >> 3 & ALL);
    changed.entries.put(new Key(OTHERS, NO_ID), mode & ALL);
    return changed;
  }

  /** What an inode gets of its directory's default list when it is to be made with a mode. */
  public PosixAcl inherited(int mode) {
    return withMode(mode() & mode);
  }

  /**
   * What nobody but the owner has less than: the permissions that whoever it is has, whether he is
   * named, in the group or neither.
   */
  public int lowest() {
    int bound = ALL;
    for (Map.Entry<Key, Integer> entry : entries.entrySet()) {
      bound &= entry.getKey().tag == OWNER ? ALL : entry.getValue();
    }
    return bound;
  }

  /** What an entry grants behind the mask; {@link #lowest} for who is not named. */
  private int granted(Key key) {
    Integer permissions = entries.get(key);
    return permissions == null ? lowest() : permissions & get(MASK);
  }

  /**
   * The list that gives nobody but the owner more than this list nor more than another.
   *
   * @param sameGroup whether both mean the same owning group
   */
  public PosixAcl narrowedBy(PosixAcl other, boolean sameGroup) {
    Key group = new Key(GROUP, NO_ID);
    int forGroup = sameGroup ? other.granted(group) : other.lowest();
    int forOthers = sameGroup ? other.get(OTHERS) : other.lowest();
    Map<Key, Integer> narrowed = new LinkedHashMap<>();
    narrowed.put(new Key(OWNER, NO_ID), get(OWNER));
    putNamed(narrowed, USER, other);
    narrowed.put(group, granted(group) & forGroup);
    putNamed(narrowed, NAMED_GROUP, other);
    int others = get(OTHERS) & forOthers;
    if (narrowed.size() > 2) {
      narrowed.put(new Key(MASK, NO_ID), maskOver(union(narrowed), others));
    }
    narrowed.put(new Key(OTHERS, NO_ID), others);
    return new PosixAcl(narrowed);
  }

  private void putNamed(Map<Key, Integer> narrowed, int tag, PosixAcl other) {
    for (Collection<Key> keys : List.of(entries.keySet(), other.entries.keySet())) {
      for (Key key : keys) {
        if (key.tag == tag) {
          narrowed.put(key, granted(key) & other.granted(key));
        }
      }
    }
  }

  /**
   * The mask over entries that withhold by themselves. Linux looks at a list only where the mask
   * grants something ({@code acl_permission_check} in {@code fs/namei.c}), and takes whoever is
   * named for one of the others where it does not.
   */
  private static int maskOver(int union, int others) {
    return union == 0 && others != 0 ? EXECUTE : union;
  }

  private static int union(Map<Key, Integer> entries) {
    int union = 0;
    for (Map.Entry<Key, Integer> entry : entries.entrySet()) {
      union |= isMasked(entry.getKey()) ? entry.getValue() : 0;
    }
    return union;
  }

  /**
   * The list without the bits that a mode lacks for a class; whoever is named may be of the group
   * or of the others, and keeps what both have.
   */
  public PosixAcl limitedTo(int mode) {
    Map<Key, Integer> limited = new LinkedHashMap<>();
    entries.forEach(
        (key, permissions) ->
            limited.put(
                key,
                permissions
                    & switch (key.tag) {
                      case OWNER -> mode >> 6;
                      case GROUP -> mode >> 3;
                      case OTHERS -> mode;
                      case MASK -> ALL;
                      default -> mode >> 3 & mode;
                    }));
    if (has(MASK)) {
      limitMask(limited);
    }
    return new PosixAcl(limited);
  }

  /** The mask of a list whose other entries are limited already. */
  private void limitMask(Map<Key, Integer> limited) {
    int bound = union(limited) & get(MASK);
    int others = limited.getOrDefault(new Key(OTHERS, NO_ID), 0);
    int mask = get(MASK) == 0 ? 0 : maskOver(bound, others);
    if (mask != bound) {
      limited.replaceAll((key, permissions) -> isMasked(key) ? 0 : permissions);
    }
    limited.put(new Key(MASK, NO_ID), mask);
  }

  private static boolean isMasked(Key key) {
    return key.tag == USER || key.tag == GROUP || key.tag == NAMED_GROUP;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PosixAcl acl && entries.equals(acl.entries);
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }

  @Override
  public String toString() {
    return entries.toString();
  }
}

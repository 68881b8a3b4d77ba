package dev.brindle.store.model;

import dev.brindle.store.Errno;
import dev.brindle.store.Name;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An access control list of the model: the entries in the order of the attribute.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/acl.5.html">acl(5)</a>
 */
record ModelAcl(List<Entry> entries) {
  static final Name ACCESS = Name.of("system.posix_acl_access");
  static final Name DEFAULT = Name.of("system.posix_acl_default");

  static final int OWNER = 1;
  static final int USER = 2;
  static final int GROUP = 4;
  static final int NAMED_GROUP = 8;
  static final int MASK = 16;
  static final int OTHERS = 32;

  private static final List<Integer> TAGS = List.of(OWNER, USER, GROUP, NAMED_GROUP, MASK, OTHERS);

  /**
   * @param id of a named user or group, else -1
   */
  record Entry(int tag, int permissions, int id) {
    boolean isNamed() {
      return tag == USER || tag == NAMED_GROUP;
    }
  }

  static boolean isName(Name name) {
    return name.equals(ACCESS) || name.equals(DEFAULT);
  }

  /** Refuses what is no list. */
  static ModelAcl of(byte[] value) {
    boolean cut = value.length < 4 || value.length % 8 != 4;
    ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    Refused.when(cut, Errno.EINVAL).check();
    Refused.when(in.getInt() != 2, Errno.EOPNOTSUPP).check();
    List<Entry> entries = new ArrayList<>();
    while (in.hasRemaining()) {
      entries.add(new Entry(in.getShort(), in.getShort(), in.getInt()));
    }
    ModelAcl acl = new ModelAcl(entries);
    Refused.when(!acl.isRight(), Errno.EINVAL).check();
    return acl;
  }

  private boolean isRight() {
    Set<Entry> subjects = new HashSet<>();
    int last = 0;
    for (Entry entry : entries) {
      boolean known = TAGS.contains(entry.tag) && entry.tag >= last;
      boolean named = !entry.isNamed() || entry.id != -1;
      Entry subject = new Entry(entry.tag, 0, entry.isNamed() ? entry.id : -1);
      if (!known || !named || (entry.permissions & ~7) != 0 || !subjects.add(subject)) {
        return false;
      }
      last = entry.tag;
    }
    boolean needsMask = entries.stream().anyMatch(Entry::isNamed);
    return has(OWNER) && has(GROUP) && has(OTHERS) && (has(MASK) || !needsMask);
  }

  byte[] bytes() {
    ByteBuffer out =
        ByteBuffer.allocate(4 + 8 * entries.size()).order(ByteOrder.LITTLE_ENDIAN).putInt(2);
    for (Entry entry : entries) {
      out.putShort((short) entry.tag).putShort((short) entry.permissions);
      out.putInt(entry.isNamed() ? entry.id : -1);
    }
    return out.array();
  }

  private boolean has(int tag) {
    return entries.stream().anyMatch(entry -> entry.tag == tag);
  }

  private int permissions(int tag) {
    return entries.stream().filter(e -> e.tag == tag).findFirst().orElseThrow().permissions;
  }

  /** The entry that a mode shows as the group's bits. */
  private int groupClass() {
    return has(MASK) ? MASK : GROUP;
  }

  /** Nine bits. */
  int mode() {
    return permissions(OWNER) << 6 | permissions(groupClass()) << 3 | permissions(OTHERS);
  }

  boolean isNoMoreThanAMode() {
    return entries.size() == 3;
  }

  ModelAcl withMode(int mode) {
    List<Entry> changed = new ArrayList<>();
    for (Entry entry : entries) {
      int permissions = entry.permissions;
      if (entry.tag == OWNER) {
        permissions = mode >> 6 & 7;
      } else if (entry.tag == groupClass()) {
        permissions = mode >> 3 & 7;
      } else if (entry.tag == OTHERS) {
        permissions = mode & 7;
      }
      changed.add(new Entry(entry.tag, permissions, entry.id));
    }
    return new ModelAcl(changed);
  }
}

package dev.brindle.store.volume;

import dev.brindle.store.volume.PageMemory.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A file's dirty pages by their index. 64 neighbours make a group, so that long writes and their
 * flush, which go from one page to the next, search once for each group. Guarded by the monitor of
 * the file's {@link FileState}.
 */
final class DirtyPages {
  /** Behind all pages. */
  static final long NONE = Long.MAX_VALUE;

  private static final int GROUP_SHIFT = 6;

  private static final class Group {
    final long number;

    /** The lowest bit is the first page's; some bit is set. */
    long present;

    final @Nullable Page[] pages = new Page[1 << GROUP_SHIFT];

    Group(long number) {
      this.number = number;
    }
  }

  private final NavigableMap<Long, Group> groups = new TreeMap<>();

  /** One of the groups, which is likely to be asked for next. */
  private @Nullable Group recent;

  private int count;
  private long additions;

  int count() {
    return count;
  }

  boolean isEmpty() {
    return count == 0;
  }

  @Nullable Page find(long index) {
    Group group = group(index >>> GROUP_SHIFT);
    return group == null ? null : group.pages[inGroup(index)];
  }

  /** The page of an index that {@link #next} told. */
  Page get(long index) {
    Page page = find(index);
    if (page == null) {
      throw new NoSuchElementException("page " + index + " is not dirty");
    }
    return page;
  }

  /** The index of the first page from an index on, or {@link #NONE}. */
  long next(long from) {
    long number = from >>> GROUP_SHIFT;
    Group group = group(number);
    long present = group == null ? 0 : group.present >>> inGroup(from);
    if (present != 0) {
      return from + Long.numberOfTrailingZeros(present);
    }
    Map.Entry<Long, Group> later = groups.higherEntry(number);
    if (later == null) {
      return NONE;
    }
    recent = later.getValue();
    return (later.getKey() << GROUP_SHIFT) + Long.numberOfTrailingZeros(later.getValue().present);
  }

  /** How many pages have been added so far. */
  long additions() {
    return additions;
  }

  /** Whether a page is here that was among the first so many that were added. */
  boolean hasOneOfFirst(long wanted) {
    for (long index = next(0); index != NONE; index = next(index + 1)) {
      if (get(index).addition <= wanted) {
        return true;
      }
    }
    return false;
  }

  /** Adds a page where there is none. */
  void add(long index, Page page) {
    long number = index >>> GROUP_SHIFT;
    Group group = group(number);
    if (group == null) {
      group = new Group(number);
      groups.put(number, group);
      recent = group;
    }
    int place = inGroup(index);
    if (group.pages[place] != null) {
      throw new IllegalStateException("page " + index + " is dirty already");
    }
    group.pages[place] = page;
    group.present |= 1L << place;
    count++;
    page.addition = ++additions;
  }

  /** Removes the pages of a range, the end exclusive, and returns them in their order. */
  List<Page> remove(long from, long to) {
    List<Page> removed = new ArrayList<>();
    for (long index = next(from); index < to; index = next(index)) {
      removed.add(get(index));
      forget(index, Objects.requireNonNull(recent));
    }
    return removed;
  }

  private void forget(long index, Group group) {
    int place = inGroup(index);
    group.pages[place] = null;
    group.present &= ~(1L << place);
    count--;
    if (group.present == 0) {
      groups.remove(group.number);
      recent = null;
    }
  }

  private @Nullable Group group(long number) {
    Group group = recent;
    if (group == null || group.number != number) {
      group = groups.get(number);
      recent = group;
    }
    return group;
  }

  private static int inGroup(long index) {
    return (int) index & ((1 << GROUP_SHIFT) - 1);
  }
}

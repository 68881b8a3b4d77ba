package dev.brindle.store.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.volume.PageMemory.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DirtyPagesTest {
  private static final long LAST_PAGE = Long.MAX_VALUE >>> FileState.PAGE_SHIFT;

  private final PageMemory memory = new PageMemory();
  private final DirtyPages pages = new DirtyPages();
  private final NavigableMap<Long, Page> model = new TreeMap<>();

  /**
   * Runs and single pages, at both ends of a file and somewhere in it, as a sorted map has them.
   */
  @Property(tries = 200)
  void pages_areThoseOfASortedMap(@ForAll long seed) {
    remove(0, DirtyPages.NONE);
    Random random = new Random(seed);
    long[] bases = {0, 60, random.nextLong(LAST_PAGE), LAST_PAGE - 200};
    for (int step = 0; step < 100; step++) {
      long from = bases[random.nextInt(bases.length)] + random.nextInt(200);
      long to = Math.min(LAST_PAGE + 1, from + (random.nextBoolean() ? 1 : random.nextInt(150)));
      if (random.nextInt(3) > 0) {
        add(from, to);
      } else {
        long end = random.nextInt(8) == 0 ? Long.MAX_VALUE : to;
        remove(from, end);
      }
      assertSame(from, to);
    }
  }

  private void remove(long from, long end) {
    NavigableMap<Long, Page> gone = model.subMap(from, true, end, false);
    List<Page> removed = pages.remove(from, end);
    assertEquals(List.copyOf(gone.values()), removed);
    gone.clear();
    memory.giveBack(removed);
  }

  private void add(long from, long to) {
    for (long index = from; index < to; index++) {
      if (!model.containsKey(index)) {
        Page page = memory.take();
        model.put(index, page);
        pages.add(index, page);
      }
    }
  }

  private void assertSame(long from, long to) {
    assertEquals(model.size(), pages.count());
    assertEquals(model.isEmpty(), pages.isEmpty());
    for (long index = Math.max(0, from - 70); index < to + 70; index++) {
      assertEquals(model.get(index), pages.find(index));
    }
    List<Long> found = new ArrayList<>();
    for (long index = pages.next(0); index != DirtyPages.NONE; index = pages.next(index + 1)) {
      found.add(index);
      assertEquals(model.get(index), pages.get(index));
    }
    assertEquals(List.copyOf(model.keySet()), found);
  }

  @Test
  void pages_areToldFromThoseThatCameLater() {
    pages.add(100, memory.take());
    pages.add(3, memory.take());
    long first = pages.additions();
    pages.add(1, memory.take());
    pages.add(70, memory.take());
    assertTrue(pages.hasOneOfFirst(first));
    pages.remove(0, 10);
    assertTrue(pages.hasOneOfFirst(first));
    pages.remove(100, 101);
    assertFalse(pages.hasOneOfFirst(first));
    assertEquals(1, pages.count());
  }

  @Test
  void page_isAddedOnce_andGotWhereItIs() {
    Page page = memory.take();
    pages.add(5, page);
    assertThrows(IllegalStateException.class, () -> pages.add(5, page));
    assertThrows(NoSuchElementException.class, () -> pages.get(4));
    assertThrows(NoSuchElementException.class, () -> pages.get(5 + 64));
    assertEquals(1, pages.count());
  }
}

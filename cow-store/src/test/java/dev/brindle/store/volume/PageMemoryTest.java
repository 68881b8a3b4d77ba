package dev.brindle.store.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.volume.PageMemory.Page;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PageMemoryTest {
  private static final int PAGES_MAX = 300;

  private final PageMemory memory = new PageMemory();

  private record Held(Page page, byte[] content) {}

  /** Each page keeps what was put there while others come and go, alone and joined. */
  @Property(tries = 40)
  void pages_areOneOwnersAlone(@ForAll long seed) {
    Random random = new Random(seed);
    List<Held> held = new ArrayList<>();
    for (int step = 0; step < 60; step++) {
      int wanted = random.nextInt(PAGES_MAX);
      while (held.size() < wanted) {
        held.add(filled(random));
      }
      List<Held> gone = held.subList(0, random.nextInt(held.size() + 1));
      memory.giveBack(gone.stream().map(Held::page).toList());
      gone.clear();
      if (random.nextBoolean()) {
        Collections.shuffle(held, random);
      }
      assertJoined(held);
    }
  }

  private Held filled(Random random) {
    byte[] content = new byte[FileState.PAGE_BYTES];
    random.nextBytes(content);
    Page page = memory.take();
    page.put(0, ByteBuffer.wrap(content), content.length);
    return new Held(page, content);
  }

  private void assertJoined(List<Held> held) {
    ByteBuffer found = ByteBuffer.allocate(held.size() * FileState.PAGE_BYTES);
    for (ByteBuffer part : PageMemory.joined(held.stream().map(Held::page).toList())) {
      assertTrue(part.hasRemaining());
      found.put(part);
    }
    for (int i = 0; i < held.size(); i++) {
      byte[] page =
          Arrays.copyOfRange(
              found.array(), i * FileState.PAGE_BYTES, (i + 1) * FileState.PAGE_BYTES);
      assertArrayEquals(held.get(i).content, page);
    }
  }

  @Test
  void joined_ofPagesTakenInARow_isOneBufferForEachChunk() {
    List<Page> pages = new ArrayList<>();
    for (int i = 0; i < 512; i++) {
      pages.add(memory.take());
    }
    assertEquals(8, PageMemory.joined(pages).length);
    memory.giveBack(pages);
    assertEquals(pages.get(0), memory.take());
  }

  @Test
  void page_getPutAndZero_touchWhatTheyName() {
    Page page = memory.take();
    page.zero(0, FileState.PAGE_BYTES);
    ByteBuffer source = ByteBuffer.wrap(new byte[] {9, 1, 2, 3, 9}).position(1);
    page.put(100, source, 3);
    assertEquals(4, source.position());
    page.zero(101, 102);
    ByteBuffer target = ByteBuffer.allocate(8);
    page.get(99, target, 1, 5);
    assertArrayEquals(new byte[] {0, 0, 1, 0, 3, 0, 0, 0}, target.array());
    assertArrayEquals(new byte[100], page.firstBytes(100));
  }
}

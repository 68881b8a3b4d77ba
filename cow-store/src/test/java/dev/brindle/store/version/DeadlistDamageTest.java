package dev.brindle.store.version;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A change to a deadlist that meets a damaged node anywhere has happened whole, or not at all. */
class DeadlistDamageTest {
  private static final int SEGMENT_BLOCKS = 1024;

  /** Rows of which one access fails. */
  private static final class DamagedRows implements SortedRows {
    private final FakeRows rows = new FakeRows();
    private int accessesLeft = Integer.MAX_VALUE;

    private void access() throws CorruptStoreException {
      if (accessesLeft-- == 0) {
        throw new CorruptStoreException("index.db", -1, "a damaged node");
      }
    }

    @Override
    public byte @Nullable [] get(long high, long offset) throws IOException {
      access();
      return rows.get(high, offset);
    }

    @Override
    public @Nullable Row floor(long high, long offset) throws IOException {
      access();
      return rows.floor(high, offset);
    }

    @Override
    public @Nullable Row ceiling(long high, long offset) throws IOException {
      access();
      return rows.ceiling(high, offset);
    }

    @Override
    public byte @Nullable [] put(long high, long offset, byte[] value) throws IOException {
      access();
      return rows.put(high, offset, value);
    }

    @Override
    public byte @Nullable [] remove(long high, long offset) throws IOException {
      access();
      return rows.remove(high, offset);
    }

    @Override
    public void clear() {
      rows.clear();
    }

    @Override
    public long root() {
      return 0;
    }

    List<SortedRows.Row> all() {
      List<SortedRows.Row> all = new ArrayList<>();
      Row row = rows.ceiling(0, 0);
      while (row != null) {
        all.add(row);
        row = rows.ceiling(row.high(), row.offset() + 1);
      }
      return all;
    }
  }

  private final DamagedRows rows = new DamagedRows();
  private final SpaceTree space = new SpaceTree(rows, SEGMENT_BLOCKS, 1);
  private final Deadlists lists = space.deadlists();
  private final List<String> freed = new ArrayList<>();
  private final Entries.Sink freeing =
      new Entries.Sink() {
        @Override
        public void blocks(long address, long blocks, long count) {
          freed.add("blocks " + address + "+" + blocks);
        }

        @Override
        public void node(long nodeId, long bytes) {
          freed.add("node " + nodeId);
        }
      };

  private interface Step {
    void run() throws IOException;
  }

  /** Lets each access of a step fail once; then the step happens. */
  private int failEverywhere(Step step) throws IOException {
    for (int at = 0; ; at++) {
      List<SortedRows.Row> before = rows.all();
      int freedBefore = freed.size();
      rows.accessesLeft = at;
      try {
        step.run();
        rows.accessesLeft = Integer.MAX_VALUE;
        return at;
      } catch (CorruptStoreException e) {
        rows.accessesLeft = Integer.MAX_VALUE;
        assertSame(before, rows.all());
        assertEquals(freedBefore, freed.size(), "freed, and still on the list");
        space.checkUsable();
      }
    }
  }

  @Test
  void everyCountOfReferences_failingAnywhere_staysAsItWas() throws IOException {
    Shares shares = space.shares();
    int tried = 0;
    for (int round = 0; round < 3; round++) {
      tried += failEverywhere(() -> shares.add(SEGMENT_BLOCKS + 10, 20, 1));
      tried += failEverywhere(() -> shares.add(SEGMENT_BLOCKS + 5, 10, 2));
      tried += failEverywhere(() -> shares.free(SEGMENT_BLOCKS + 8, 4, 1, this::free));
    }
    assertEquals(List.of(), freed);
    for (int i = 0; i < 9; i++) {
      shares.free(SEGMENT_BLOCKS + 10, 2, 1, this::free);
      assertEquals(i == 6 ? 1 : 0, freed.size());
      if (i == 6) {
        break;
      }
    }
    assertTrue(tried > 15, "only " + tried);
  }

  private void free(long address, long blocks) {
    freed.add("blocks " + address + "+" + blocks);
  }

  private static void assertSame(List<SortedRows.Row> before, List<SortedRows.Row> after) {
    assertEquals(before.size(), after.size());
    for (int i = 0; i < before.size(); i++) {
      assertEquals(before.get(i).high(), after.get(i).high());
      assertEquals(before.get(i).offset(), after.get(i).offset());
      assertArrayEquals(before.get(i).value(), after.get(i).value());
    }
  }

  @Test
  void everyChange_failingAnywhere_leavesTheListsAsTheyWere() throws IOException {
    long first = lists.newList();
    long second = lists.newList();
    int tried = 0;
    for (int born = 1; born <= 3; born++) {
      long birth = born;
      for (long list : new long[] {first, second}) {
        long address = SEGMENT_BLOCKS + 100 * born + 50 * list;
        tried += failEverywhere(() -> lists.addBlocks(list, birth, address, 3));
        tried += failEverywhere(() -> lists.addBlocks(list, birth, address + 10, 2));
        tried += failEverywhere(() -> lists.addBlocks(list, birth, address + 3, 7));
        tried += failEverywhere(() -> lists.addBlocks(list, birth, address + 30, 2));
        tried += failEverywhere(() -> lists.addNode(list, birth, 10 * list + birth, 8192));
        tried += failEverywhere(() -> lists.addNode(list, birth, 100 * list + birth, 8192));
      }
    }
    tried += failEverywhere(() -> lists.take(first, 2, 3, freeing));
    tried += failEverywhere(() -> lists.merge(second, first, 5));
    tried += failEverywhere(() -> lists.merge(second, first, 100));
    tried += failEverywhere(() -> lists.take(first, 0, 1000, freeing));
    assertEquals(List.of(), rows.all());
    assertEquals(24, freed.size(), freed::toString);
    assertTrue(tried > 200, "only " + tried);
  }
}

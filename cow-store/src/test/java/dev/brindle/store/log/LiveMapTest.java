package dev.brindle.store.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LiveMapTest {
  private static final int BLOCKS = 16_384;

  @Property(tries = 200)
  void changes_matchABitSet(@ForAll long seed, @ForAll @IntRange(min = 1, max = 600) int span)
      throws IOException {
    Random random = new Random(seed);
    LiveMap map = new LiveMap();
    BitSet model = new BitSet();
    for (int i = 0; i < 400; i++) {
      int start = random.nextInt(BLOCKS - span);
      int count = 1 + random.nextInt(span);
      BitSet range = model.get(start, start + count);
      assertEquals(!range.isEmpty(), map.intersects(start, count));
      assertEquals(range.cardinality() == count, map.contains(start, count));
      if (range.isEmpty()) {
        map.add(start, count);
        model.set(start, start + count);
      } else if (range.cardinality() == count) {
        map.remove(start, count);
        model.clear(start, start + count);
      } else {
        assertThrows(IllegalStateException.class, () -> map.add(start, count));
        assertThrows(IllegalStateException.class, () -> map.remove(start, count));
        int live = model.nextSetBit(start);
        map.remove(live, 1);
        model.clear(live);
      }
      if (random.nextInt(50) == 0) {
        map.compact();
      }
      assertEquals(model.cardinality(), map.count());
    }
    assertEquals(model, bits(map));
    assertEquals(model, bits(encodedAndDecoded(map)));
    assertEquals(model, bits(map.copy()));
  }

  @Property(tries = 300)
  void decode_ofAnyBytes_isAMapOrATypedError(@ForAll @Size(max = 40) byte[] bytes) {
    try {
      LiveMap map = LiveMap.decode(256, ByteBuffer.wrap(bytes));
      assertTrue(bits(map).length() <= 256);
    } catch (CorruptStoreException e) {
      assertTrue(e.getMessage().contains("live map"));
    }
  }

  @Test
  void copy_isNotChangedByItsOriginal() {
    LiveMap map = new LiveMap();
    map.add(10, 10);
    LiveMap copy = map.copy();
    map.remove(12, 3);
    map.add(20, 1);
    assertEquals(10, copy.count());
    assertTrue(copy.contains(10, 10));
    assertFalse(copy.intersects(20, 1));
  }

  @Test
  void union_hasBoth() {
    LiveMap a = new LiveMap();
    LiveMap b = new LiveMap();
    a.add(1, 5);
    b.add(4, 5);
    assertEquals(8, a.union(b).count());
    assertTrue(a.union(b).contains(1, 8));
  }

  private static LiveMap encodedAndDecoded(LiveMap map) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(map.encodedBytes());
    map.encode(bytes);
    assertEquals(0, bytes.remaining());
    return LiveMap.decode(BLOCKS, bytes.flip());
  }

  private static BitSet bits(LiveMap map) {
    BitSet bits = new BitSet();
    map.forEachRun((start, count) -> bits.set(start, start + count));
    return bits;
  }
}

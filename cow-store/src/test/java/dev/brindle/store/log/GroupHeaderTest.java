package dev.brindle.store.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.brindle.store.StoreId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class GroupHeaderTest {
  private static final StoreId STORE = new StoreId(0x1111111111111111L, 0x2222222222222222L);
  private static final int SEGMENT_BLOCKS = 256;
  private static final String EXAMPLE =
      "42524e444c4752505a699d690001000111111111111111112222222222222222"
          + "00000000000000030000000500000001000000020badcafe0000000112345678"
          + "000000000000002a000000093923f9b498f941890000000568656c6c6f";

  /** The worked example of the package's documentation, byte for byte. */
  @Test
  void encode_ofTheExample_givesItsBytes() {
    ByteBuffer block = example();
    String hex = HexFormat.of().formatHex(block.array(), 0, 93);
    assertEquals(EXAMPLE, hex);
    for (int i = 93; i < 4096; i++) {
      assertEquals(0, block.get(i));
    }
  }

  @Test
  void decode_ofTheExample_givesItsFields() {
    ByteBuffer block = example();
    assertEquals(1, GroupHeader.announcedBlocks(STORE, 3, 5, block));
    assertEquals(0, GroupHeader.announcedBlocks(STORE, 3, 6, block));
    assertEquals(0, GroupHeader.announcedBlocks(STORE, 2, 5, block));
    assertEquals(0, GroupHeader.announcedBlocks(new StoreId(1, 2), 3, 5, block));
    GroupHeader header = GroupHeader.decode(SEGMENT_BLOCKS, block);
    assertNotNull(header);
    assertEquals(42, header.sequence());
    assertArrayEquals(new int[] {0x98f94189}, header.dataCrcs());
    assertEquals(2, header.totalBlocks());
  }

  @Property(tries = 500)
  void decode_withAnyFlippedBit_isNoGroup(@ForAll @IntRange(max = 4096 * 8 - 1) int bit) {
    ByteBuffer block = example();
    block.put(bit / 8, (byte) (block.get(bit / 8) ^ 1 << bit % 8));
    boolean announced = GroupHeader.announcedBlocks(STORE, 3, 5, block) == 1;
    if (announced) {
      assertNull(GroupHeader.decode(SEGMENT_BLOCKS, block));
    }
  }

  private static ByteBuffer example() {
    ByteBuffer redo = Buffers.frame(List.of("hello".getBytes(StandardCharsets.US_ASCII)));
    int dataCrc = Buffers.crc(ByteBuffer.allocate(4096), 0, 4096);
    GroupHeader header =
        new GroupHeader(
            1,
            3,
            5,
            0x00000002_0badcafeL,
            0x00000001_12345678L,
            42,
            -1,
            redo.remaining(),
            Buffers.crc(redo, 0, redo.remaining()),
            new int[] {dataCrc});
    ByteBuffer block = ByteBuffer.allocate(4096);
    header.encode(STORE, redo, block);
    return block.flip();
  }
}

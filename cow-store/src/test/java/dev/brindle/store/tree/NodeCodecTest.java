package dev.brindle.store.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class NodeCodecTest {
  private static final int DAMAGES = Integer.getInteger("brindle.tree.damages", 50_000);

  private static LeafNode leaf(long id, long born) {
    return new LeafNode(NodeIdentity.ofRecord(id, born, 0), 1);
  }

  private static TreeNode random(Random random, boolean isLeaf, int count) {
    LeafNode leaf = leaf(77, 1L << 40);
    InteriorNode interior = new InteriorNode(NodeIdentity.ofRecord(78, 1L << 40, 3), 1);
    long high = 0;
    long offset = 0;
    for (int i = 0; i < count; i++) {
      byte[] value = new byte[random.nextInt(30)];
      random.nextBytes(value);
      leaf.insert(i, high, offset, value);
      long childId = 1 + (random.nextLong() >>> 1 + random.nextInt(60));
      interior.insert(i, high, offset, Math.max(1, childId), random.nextInt(1 << 20));
      boolean isSame = random.nextBoolean() && offset < Long.MAX_VALUE / 2;
      long more = 1 + (random.nextLong() >>> 14 + random.nextInt(50));
      high += isSame ? 0 : more;
      offset = isSame ? offset + more : random.nextLong() >>> random.nextInt(64);
    }
    return isLeaf ? leaf : interior;
  }

  @Property(tries = 500)
  void decode_ofEncoded_isTheSameNode(@ForAll long seed, @ForAll boolean isLeaf)
      throws CorruptStoreException {
    Random random = new Random(seed);
    TreeNode node = random(random, isLeaf, 1 + random.nextInt(180));
    byte[] bytes = NodeCodec.encode(node);
    TreeNode decoded = NodeCodec.decode(node.id, bytes);
    assertEquals(node.encodedBytes, bytes.length);
    assertEquals(node.level, decoded.level);
    assertEquals(node.born, decoded.born);
    assertEquals(node.count, decoded.count);
    assertArrayEquals(
        Arrays.copyOf(node.highs, node.count), Arrays.copyOf(decoded.highs, node.count));
    assertArrayEquals(
        Arrays.copyOf(node.offsets, node.count), Arrays.copyOf(decoded.offsets, node.count));
    assertArrayEquals(bytes, NodeCodec.encode(decoded));
  }

  @Test
  void encode_ofTheDescriptionsExample_isAsDescribed() {
    LeafNode leaf = leaf(9, 3);
    leaf.insert(0, 1280, 0, "ab".getBytes(StandardCharsets.UTF_8));
    leaf.insert(1, 1280, 4096, "c".getBytes(StandardCharsets.UTF_8));
    byte[] bytes = NodeCodec.encode(leaf);
    assertEquals(
        "42544e01"
            + "00"
            + "0002"
            + "0000000000000009"
            + "0000000000000003"
            + "8500"
            + "00"
            + "02"
            + "6162"
            + "00"
            + "9000"
            + "01"
            + "63",
        HexFormat.of().formatHex(bytes, 0, bytes.length - 4));
  }

  @Test
  void decode_withAnyBitFlipped_isRefused() {
    for (boolean isLeaf : new boolean[] {true, false}) {
      TreeNode node = random(new Random(1), isLeaf, 20);
      byte[] bytes = NodeCodec.encode(node);
      for (int bit = 0; bit < bytes.length * 8; bit++) {
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
        CorruptStoreException e =
            assertThrows(CorruptStoreException.class, () -> NodeCodec.decode(node.id, bytes));
        assertTrue(e.getMessage().contains("index.db"), e.getMessage());
        assertTrue(e.getMessage().contains("record " + node.id), e.getMessage());
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
      }
    }
  }

  @Test
  void decode_cutAnywhere_isRefused() {
    byte[] bytes = NodeCodec.encode(random(new Random(2), true, 20));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(CorruptStoreException.class, () -> NodeCodec.decode(77, cut));
    }
  }

  @Test
  void decode_ofAnotherRecord_isRefused() {
    byte[] bytes = NodeCodec.encode(random(new Random(3), true, 20));
    assertThrows(CorruptStoreException.class, () -> NodeCodec.decode(78, bytes));
  }

  /** What passes the checksum is either a node in its one form, or refused with the right error. */
  @Test
  void decode_ofDamageWithRightChecksum_isRefusedOrExact() {
    long seed = Long.getLong("brindle.seed", System.nanoTime());
    System.out.println("damaged nodes with -Dbrindle.seed=" + seed);
    Random random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < DAMAGES; i++) {
      TreeNode node = random(random, random.nextBoolean(), 1 + random.nextInt(12));
      byte[] bytes = NodeCodec.encode(node);
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        bytes[random.nextInt(bytes.length - 4)] = (byte) random.nextInt();
      }
      refused += check(node.id, seal(bytes)) ? 0 : 1;
    }
    assertTrue(refused > DAMAGES / 4, refused + " refused");
  }

  @Property(tries = 1000)
  void decode_ofAnything_isRefusedOrExact(@ForAll @Size(max = 200) byte[] bytes) {
    byte[] framed = new byte[bytes.length + NodeFormat.FRAME_BYTES];
    ByteBuffer target = ByteBuffer.wrap(framed).putInt(NodeFormat.MAGIC);
    target.put((byte) (bytes.length % 3)).putShort((short) (bytes.length / 3)).putLong(5);
    target.putLong(-1).put(bytes);
    check(5, seal(framed));
  }

  private static byte[] seal(byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, bytes.length - 4);
    ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) checksum.getValue());
    return bytes;
  }

  private static boolean check(long id, byte[] bytes) {
    TreeNode node;
    try {
      node = NodeCodec.decode(id, bytes);
    } catch (CorruptStoreException e) {
      return false;
    }
    assertArrayEquals(bytes, NodeCodec.encode(node));
    return true;
  }
}

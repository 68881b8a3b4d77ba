package dev.brindle.store.tree;

import dev.brindle.store.fuzz.DecoderFuzz;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Broken tree nodes. */
class NodeFuzzTest {
  private static final long ID = 77;

  @Test
  void node_ofBrokenBytes_isReadOrRefused() throws IOException {
    DecoderFuzz.run(
        "tree node", nodes(), NodeFuzzTest::withChecksum, bytes -> NodeCodec.decode(ID, bytes));
  }

  private static List<byte[]> nodes() {
    Random random = new Random(1);
    List<byte[]> nodes = new ArrayList<>();
    LeafNode leaf = new LeafNode(NodeIdentity.ofRecord(ID, 9, 0), 8);
    InteriorNode interior = new InteriorNode(NodeIdentity.ofRecord(ID, 9, 1), 8);
    for (int i = 0; i < 30; i++) {
      byte[] value = new byte[random.nextInt(60)];
      random.nextBytes(value);
      leaf.insert(i, 3 * (i / 3), i * 1000L, value);
      interior.insert(i, 3 * (i / 3), i * 1000L, 100 + i, i % 9);
    }
    interior.setKey(0, 0, 0);
    nodes.add(NodeCodec.encode(leaf));
    nodes.add(NodeCodec.encode(interior));
    return nodes;
  }

  private static byte[] withChecksum(byte[] node) {
    if (node.length >= Integer.BYTES) {
      int end = node.length - Integer.BYTES;
      CRC32C crc = new CRC32C();
      crc.update(node, 0, end);
      ByteBuffer.wrap(node).putInt(end, (int) crc.getValue());
    }
    return node;
  }
}

package dev.brindle.store.tree;

import dev.brindle.store.CorruptStoreException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Turns nodes into the bytes of their records and back; trusts nothing that it reads. */
final class NodeCodec {
  /** The file that the records are in, for messages. */
  private static final String FILE = "index.db";

  /** The key's two numbers and a value's length take a byte each at least. */
  private static final int ENTRY_BYTES_MIN = 3;

  private NodeCodec() {}

  static byte[] encode(TreeNode node) {
    byte[] bytes = new byte[node.encodedBytes];
    ByteBuffer target = ByteBuffer.wrap(bytes);
    target.putInt(NodeFormat.MAGIC).put((byte) node.level).putShort((short) node.count);
    target.putLong(node.id).putLong(node.born);
    for (int i = 0; i < node.count; i++) {
      putKey(target, node, i);
      if (node instanceof LeafNode leaf) {
        Varint.put(target, leaf.value(i).length);
        target.put(leaf.value(i));
      } else if (node instanceof InteriorNode interior) {
        target.putLong(interior.childIds[i]).putLong(interior.childBorns[i]);
      }
    }
    target.putInt(checksum(bytes, target.position()));
    if (target.hasRemaining()) {
      throw new IllegalStateException("node " + node.id + " is smaller than it was counted");
    }
    return bytes;
  }

  /**
   * Reads a node.
   *
   * @param id the id of the record that the bytes are of
   * @throws CorruptStoreException the bytes are not what was written there
   */
  static TreeNode decode(long id, byte[] bytes) throws CorruptStoreException {
    try {
      return decodeChecked(id, bytes);
    } catch (MalformedNodeException e) {
      throw corrupt(id, String.valueOf(e.getMessage()));
    }
  }

  static CorruptStoreException corrupt(long id, String what) {
    return new CorruptStoreException(FILE, -1, "tree node in record " + id + ": " + what);
  }

  private static TreeNode decodeChecked(long id, byte[] bytes) throws MalformedNodeException {
    require(bytes.length >= NodeFormat.FRAME_BYTES, "it has only " + bytes.length + " bytes");
    ByteBuffer source = ByteBuffer.wrap(bytes, 0, bytes.length - NodeFormat.CHECKSUM_BYTES);
    int checksum = ByteBuffer.wrap(bytes).getInt(source.limit());
    require(checksum == checksum(bytes, source.limit()), "its checksum does not match");
    require(source.getInt() == NodeFormat.MAGIC, "it does not begin as a node");
    int level = source.get() & 0xff;
    int count = source.getShort() & 0xffff;
    long ownId = source.getLong();
    require(ownId == id, "it says that it is record " + ownId);
    require(level <= NodeFormat.LEVEL_MAX, "it is on level " + level);
    require(count > 0, "it has no entries");
    require(count <= source.remaining() / ENTRY_BYTES_MIN, "it claims " + count + " entries");
    require(
        bytes.length <= NodeFormat.NODE_BYTES_MAX || count == 1 && level == 0,
        "it has " + bytes.length + " bytes");
    NodeIdentity identity = NodeIdentity.ofRecord(id, source.getLong(), level);
    TreeNode node = level == 0 ? leaf(identity, count, source) : interior(identity, count, source);
    require(!source.hasRemaining(), "its entries end before its checksum begins");
    if (node.encodedBytes != bytes.length) {
      throw new IllegalStateException("node " + id + " is counted with another size than it has");
    }
    return node;
  }

  private static TreeNode leaf(NodeIdentity identity, int count, ByteBuffer source)
      throws MalformedNodeException {
    LeafNode leaf = new LeafNode(identity, count);
    KeyReader key = new KeyReader(source);
    for (int i = 0; i < count; i++) {
      key.next();
      long length = Varint.get(source);
      require(Long.compareUnsigned(length, source.remaining()) <= 0, "a value is cut off");
      byte[] value = new byte[(int) length];
      source.get(value);
      leaf.insert(i, key.high, key.offset, value);
    }
    return leaf;
  }

  private static TreeNode interior(NodeIdentity identity, int count, ByteBuffer source)
      throws MalformedNodeException {
    InteriorNode interior = new InteriorNode(identity, count);
    KeyReader key = new KeyReader(source);
    for (int i = 0; i < count; i++) {
      key.next();
      require(i > 0 || (key.high == 0 && key.offset == 0), "its first key is not (0, 0)");
      require(source.remaining() >= interior.payloadBytes(i), "a child is cut off");
      long childId = source.getLong();
      long childBorn = source.getLong();
      require(childId > 0, "a child's id is " + childId);
      require(Long.compareUnsigned(childBorn, identity.born()) <= 0, "a child is younger than it");
      interior.insert(i, key.high, key.offset, childId, childBorn);
    }
    return interior;
  }

  private static void putKey(ByteBuffer target, TreeNode node, int index) {
    long highBefore = index == 0 ? 0 : node.highs[index - 1];
    long offsetBefore = index == 0 ? 0 : node.offsets[index - 1];
    long high = node.highs[index];
    long offset = node.offsets[index];
    Varint.put(target, high - highBefore);
    Varint.put(target, high == highBefore ? offset - offsetBefore : offset);
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }

  private static void require(boolean holds, String otherwise) throws MalformedNodeException {
    if (!holds) {
      throw new MalformedNodeException(otherwise);
    }
  }

  /** Reads keys, each of which is encoded as what it adds to the one before. */
  private static final class KeyReader {
    private final ByteBuffer source;
    private boolean first = true;
    long high;
    long offset;

    KeyReader(ByteBuffer source) {
      this.source = source;
    }

    void next() throws MalformedNodeException {
      long highBefore = high;
      long offsetBefore = offset;
      long highMore = Varint.get(source);
      long offsetRead = Varint.get(source);
      high += highMore;
      offset = highMore == 0 ? offset + offsetRead : offsetRead;
      // a sum that runs over is smaller than what it began with
      int order = Keys.compare(highBefore, offsetBefore, high, offset);
      require(order < 0 || (order == 0 && first), "its keys are not in order");
      first = false;
    }
  }
}

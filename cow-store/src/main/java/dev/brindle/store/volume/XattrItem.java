package dev.brindle.store.volume;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Name;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The item of all extended attributes of one inode whose names have the same hash; nearly always
 * one.
 *
 * <pre>
 *   for each attribute:  name length 1 | name | value length 4 | value
 * </pre>
 */
public final class XattrItem {
  private XattrItem() {}

  /** The attributes of an inode that stand with one of this name; to be changed and written. */
  static Map<Name, byte[]> read(Change change, long inode, Name name) throws IOException {
    return decode(
        change.tree().get(ItemType.high(inode, ItemType.XATTR), change.view().hash().of(name)));
  }

  /** Puts what stands with an attribute of this name. */
  static void write(Change change, long inode, Name name, Map<Name, byte[]> attributes)
      throws IOException {
    change.putOrRemove(
        ItemType.high(inode, ItemType.XATTR), change.view().hash().of(name), encode(attributes));
  }

  /**
   * @throws CorruptStoreException the item is cut off
   */
  public static Map<Name, byte[]> decode(byte @Nullable [] item) throws CorruptStoreException {
    Map<Name, byte[]> attributes = new LinkedHashMap<>();
    if (item == null) {
      return attributes;
    }
    ByteBuffer in = ByteBuffer.wrap(item);
    try {
      while (in.hasRemaining()) {
        byte[] name = new byte[in.get() & 0xff];
        in.get(name);
        attributes.put(Name.of(name), value(in));
      }
    } catch (BufferUnderflowException e) {
      throw damaged("it is cut off");
    }
    return attributes;
  }

  private static byte[] value(ByteBuffer in) throws CorruptStoreException {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw damaged("a value of " + length + " bytes");
    }
    byte[] value = new byte[length];
    in.get(value);
    return value;
  }

  private static CorruptStoreException damaged(String what) {
    return new CorruptStoreException("index.db", -1, "an item of extended attributes: " + what);
  }

  /** Null when there are no attributes. */
  static byte @Nullable [] encode(Map<Name, byte[]> attributes) {
    if (attributes.isEmpty()) {
      return null;
    }
    int length = 0;
    for (Map.Entry<Name, byte[]> attribute : attributes.entrySet()) {
      length += 1 + attribute.getKey().length() + 4 + attribute.getValue().length;
    }
    ByteBuffer out = ByteBuffer.allocate(length);
    attributes.forEach(
        (name, value) -> {
          out.put((byte) name.length()).put(name.bytes());
          out.putInt(value.length).put(value);
        });
    return out.array();
  }
}

package dev.brindle.store.volume;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Name;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The item of all names of one inode whose (parent, name) have the same hash; nearly always one.
 *
 * <pre>
 *   for each name:  parent 8 | length 1 | name
 * </pre>
 */
public final class BackReferenceItem {
  private BackReferenceItem() {}

  /** A name of an inode. */
  public record Reference(long parent, Name name) {}

  /**
   * @throws CorruptStoreException the item is cut off
   */
  public static List<Reference> decode(byte[] value) throws CorruptStoreException {
    List<Reference> references = new ArrayList<>(1);
    ByteBuffer in = ByteBuffer.wrap(value);
    try {
      while (in.hasRemaining()) {
        long parent = in.getLong();
        byte[] name = new byte[in.get() & 0xff];
        in.get(name);
        references.add(new Reference(parent, Name.of(name)));
      }
    } catch (BufferUnderflowException e) {
      throw new CorruptStoreException("index.db", -1, "an item of back-references is cut off");
    }
    return references;
  }

  public static byte[] with(byte @Nullable [] value, Reference reference)
      throws CorruptStoreException {
    List<Reference> references = value == null ? new ArrayList<>(1) : decode(value);
    references.add(reference);
    return encode(references);
  }

  /** The item without a name; null when that was the last. */
  static byte @Nullable [] without(byte[] value, Reference reference) throws CorruptStoreException {
    List<Reference> references = decode(value);
    references.remove(reference);
    return references.isEmpty() ? null : encode(references);
  }

  private static byte[] encode(List<Reference> references) {
    int length = 0;
    for (Reference reference : references) {
      length += 8 + 1 + reference.name.length();
    }
    ByteBuffer out = ByteBuffer.allocate(length);
    for (Reference reference : references) {
      out.putLong(reference.parent).put((byte) reference.name.length());
      out.put(reference.name.bytes());
    }
    return out.array();
  }
}

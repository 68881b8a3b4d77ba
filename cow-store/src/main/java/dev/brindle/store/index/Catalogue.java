package dev.brindle.store.index;

import dev.brindle.store.CorruptStoreException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The names of the tables and the numbers of their roots, in the first record of the index.
 *
 * <pre>
 *   | count 4 | count times: name (length 2, modified UTF-8), root 8 |
 * </pre>
 */
final class Catalogue {
  /** The record's number: the first that is ever allocated. */
  static final long ID = 2;

  private final Map<String, Long> roots = new TreeMap<>();

  static Catalogue decode(byte[] bytes) throws IOException {
    Catalogue catalogue = new Catalogue();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      for (int left = in.readInt(); left > 0; left--) {
        catalogue.add(in.readUTF(), in.readLong());
      }
    } catch (EOFException | java.io.UTFDataFormatException e) {
      throw new CorruptStoreException(
          PageFormat.INDEX_FILE, -1, "the catalogue of tables is damaged");
    }
    return catalogue;
  }

  byte[] encode() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(roots.size());
    for (Map.Entry<String, Long> table : roots.entrySet()) {
      out.writeUTF(table.getKey());
      out.writeLong(table.getValue());
    }
    return bytes.toByteArray();
  }

  void add(String name, long root) {
    roots.put(name, root);
  }

  /** The root of each table, by name. */
  Map<String, Long> roots() {
    return Map.copyOf(roots);
  }
}

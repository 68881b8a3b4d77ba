package dev.brindle.store.contract;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Access control lists from a text such as {@code u::7 u:5:6 g::5 m::7 o::0}. */
public final class Acls {
  private Acls() {}

  /** The attribute's value, in the order of the text. */
  public static byte[] acl(String text) {
    String[] entries = text.split(" ");
    ByteBuffer out =
        ByteBuffer.allocate(4 + 8 * entries.length).order(ByteOrder.LITTLE_ENDIAN).putInt(2);
    for (String entry : entries) {
      String[] parts = entry.split(":");
      int id = parts[1].isEmpty() ? -1 : Integer.parseInt(parts[1]);
      out.putShort((short) tag(parts[0], id >= 0)).putShort(Short.parseShort(parts[2])).putInt(id);
    }
    return out.array();
  }

  private static int tag(String letter, boolean named) {
    return switch (letter) {
      case "u" -> named ? 2 : 1;
      case "g" -> named ? 8 : 4;
      case "m" -> 16;
      default -> 32;
    };
  }
}

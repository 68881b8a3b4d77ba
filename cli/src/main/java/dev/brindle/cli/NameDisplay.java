package dev.brindle.cli;

import dev.brindle.daemon.control.NameText;
import java.util.Locale;

/**
 * Names as they are shown. A name that a terminal could misread, because it has control characters,
 * quotes, backslashes, or bytes that are not UTF-8, stands in double quotes with C escapes, as git
 * shows it; so a line is always one line and the name can be told from it.
 */
final class NameDisplay {
  private NameDisplay() {}

  /**
   * @param text as {@link NameText} writes names
   */
  static String of(String text) {
    if (text.codePoints().noneMatch(NameDisplay::mustBeEscaped)) {
      return text;
    }
    StringBuilder shown = new StringBuilder("\"");
    text.codePoints().forEach(point -> append(shown, point));
    return shown.append('"').toString();
  }

  private static boolean mustBeEscaped(int c) {
    return c < ' ' || (c >= 0x7F && c < 0xA0) || c == '"' || c == '\\' || isRawByte(c);
  }

  private static boolean isRawByte(int c) {
    return c >= 0xDC80 && c <= 0xDCFF;
  }

  private static void append(StringBuilder shown, int point) {
    switch (point) {
      case '\n' -> shown.append("\\n");
      case '\t' -> shown.append("\\t");
      case '"' -> shown.append("\\\"");
      case '\\' -> shown.append("\\\\");
      default -> {
        if (Character.isSupplementaryCodePoint(point) || !mustBeEscaped(point)) {
          shown.appendCodePoint(point);
        } else {
          for (byte octet : NameText.bytes(Character.toString(point))) {
            shown.append(String.format(Locale.ROOT, "\\%03o", octet & 0xFF));
          }
        }
      }
    }
  }
}

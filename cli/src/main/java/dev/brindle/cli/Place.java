package dev.brindle.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;

/**
 * An argument that says where a command works: {@code PATH[:VOLUME][@SNAPSHOT]}, as it was typed.
 * PATH is a store's directory, or any path on a mount.
 *
 * <p>Paths may have colons and at-signs in them as well, and snapshots are called {@code @GMT-...}.
 * So PATH is the longest prefix that ends before a {@code :} or {@code @} and is there; when none
 * is, it ends at the first {@code :}, or else at the first {@code @} of its last name.
 *
 * @param path empty when the argument begins with {@code :} or {@code @}: a version beside another
 * @param version what follows the path, with its first sign: {@code :main}, {@code @monday}, {@code
 *     :main@monday}, or nothing
 */
record Place(String path, String version) {
  static Place parse(String text) {
    int cut = text.length();
    while (cut > 0 && !Files.exists(Path.of(text.substring(0, cut)))) {
      cut = lastSign(text, cut - 1);
    }
    if (cut <= 0) {
      cut = firstSign(text);
    }
    return new Place(text.substring(0, cut), text.substring(cut));
  }

  /** True for {@code @tuesday} or {@code :main/test}: the path is another argument's. */
  boolean isRelative() {
    return path.isEmpty();
  }

  boolean namesSnapshot() {
    return version.indexOf('@') >= 0;
  }

  boolean namesVolume() {
    return version.startsWith(":");
  }

  /** What was typed after the path, without the colon. */
  String name() {
    return namesVolume() ? version.substring(1) : version;
  }

  @Override
  public String toString() {
    return path + version;
  }

  private static int lastSign(String text, int end) {
    return Math.max(text.lastIndexOf(':', end), text.lastIndexOf('@', end));
  }

  private static int firstSign(String text) {
    if (text.startsWith("@")) {
      return 0;
    }
    int colon = text.indexOf(':');
    if (colon >= 0) {
      return colon;
    }
    int at = text.indexOf('@', text.lastIndexOf('/') + 1);
    return at >= 0 ? at : text.length();
  }

  /** For picocli. */
  static final class Converter implements ITypeConverter<Place> {
    @Override
    public Place convert(String text) {
      return parse(text);
    }
  }
}

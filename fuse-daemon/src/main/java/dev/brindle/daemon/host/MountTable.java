package dev.brindle.daemon.host;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The mounts that the kernel lists.
 *
 * <pre>
 *   /proc/self/mountinfo:   36 35 0:99 / /home/me/b rw,nosuid shared:1 - fuse.brindle brindle:/s:v rw
 *   mount(8) of macOS:      brindle:/s:v on /home/me/b (macfuse, nodev, nosuid)
 * </pre>
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html">mountinfo</a>
 */
public final class MountTable {
  private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");

  /** What Brindle's mounts have as the device, before the store and the volume. */
  public static final String SOURCE_PREFIX = "brindle:";

  /** {@code user_id=N} among a FUSE mount's options: who made it. */
  private static final Pattern USER = Pattern.compile("(?:.*,)?user_id=(\\d+)(?:,.*)?");

  /**
   * A line of the table.
   *
   * @param type {@code fuse.brindle}, {@code ext4} ...
   * @param device what tells this mount from others, also from one that is made in its place later;
   *     on Linux {@code 0:N}, where N is the number of the FUSE connection; elsewhere what is
   *     mounted, and where
   * @param user the number of the user whose FUSE mount it is; -1 where that is not told
   */
  public record Line(Path mountPoint, String type, String source, String device, long user) {
    /** Anybody can give a mount such a source. */
    public boolean isBrindle() {
      return source.startsWith(SOURCE_PREFIX);
    }

    /** -1 where there is none. */
    int minor() {
      return device.startsWith("0:") ? Integer.parseInt(device.substring(2)) : -1;
    }
  }

  private MountTable() {}

  public static List<Line> read() throws IOException {
    return switch (Host.current()) {
      case LINUX -> linux(Files.readString(MOUNTINFO, StandardCharsets.ISO_8859_1));
      case MACOS -> {
        Process mount = new ProcessBuilder("mount").redirectErrorStream(true).start();
        yield macos(new String(mount.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      }
    };
  }

  /** What is mounted on a directory, topmost. */
  public static Optional<Line> on(Path mountPoint) throws IOException {
    return topmost(read(), mountPoint);
  }

  static Optional<Line> topmost(List<Line> lines, Path mountPoint) {
    Optional<Line> found = Optional.empty();
    for (Line line : lines) {
      if (line.mountPoint().equals(mountPoint)) {
        found = Optional.of(line);
      }
    }
    return found;
  }

  /**
   * Lines with a path that the locale has no characters for are left out: nothing here can name it.
   *
   * @param text each character one byte
   */
  static List<Line> linux(String text) {
    List<Line> lines = new ArrayList<>();
    for (String line : text.split("\n")) {
      int separator = line.indexOf(" - ");
      if (separator < 0) {
        continue;
      }
      String[] head = line.substring(0, separator).split(" ");
      String[] tail = line.substring(separator + 3).split(" ");
      if (head.length >= 5 && tail.length >= 2) {
        Matcher user = USER.matcher(tail[tail.length - 1]);
        long by = user.matches() ? Long.parseLong(user.group(1)) : -1;
        try {
          lines.add(new Line(Path.of(decoded(head[4])), tail[0], decoded(tail[1]), head[2], by));
        } catch (InvalidPathException e) {
          continue;
        }
      }
    }
    return lines;
  }

  static List<Line> macos(String text) {
    List<Line> lines = new ArrayList<>();
    for (String line : text.split("\n")) {
      int on = line.indexOf(" on ");
      int options = line.lastIndexOf(" (");
      if (on >= 0 && options > on) {
        String type = line.substring(options + 2).split("[,)]", 2)[0];
        String source = line.substring(0, on);
        String place = line.substring(on + 4, options);
        lines.add(new Line(Path.of(place), type, source, source + " on " + place, -1));
      }
    }
    return lines;
  }

  /** Blanks, tabs, line ends and backslashes stand as three octal digits; others are bytes. */
  private static String decoded(String field) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < field.length(); i++) {
      if (field.charAt(i) == '\\' && i + 3 < field.length()) {
        bytes.write(Integer.parseInt(field.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        bytes.write(field.charAt(i));
      }
    }
    return bytes.toString(
        Charset.forName(System.getProperty("sun.jnu.encoding", StandardCharsets.UTF_8.name())));
  }
}

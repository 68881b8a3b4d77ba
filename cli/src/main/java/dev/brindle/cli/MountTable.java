package dev.brindle.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The Brindle mounts that the kernel lists. The daemon mounts with {@code brindle:STORE:VOLUME} as
 * the device.
 *
 * <pre>
 *   /proc/self/mountinfo:   36 35 0:99 / /home/me/b rw,nosuid - fuse.brindle brindle:/s:main rw
 *   mount(8) of macOS:      brindle:/s:main on /home/me/b (macfuse, nodev, nosuid)
 * </pre>
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html">mountinfo</a>
 */
final class MountTable {
  private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");
  private static final String DEVICE = "brindle:";

  private MountTable() {}

  static List<MountedVolume> read() throws IOException {
    List<MountedVolume> mounts = new ArrayList<>();
    if (Files.exists(MOUNTINFO)) {
      for (String line : Files.readString(MOUNTINFO).split("\n")) {
        fromMountinfo(line).ifPresent(mounts::add);
      }
    } else {
      Process mount = new ProcessBuilder("mount").redirectErrorStream(true).start();
      String lines = new String(mount.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      for (String line : lines.split("\n")) {
        fromMountCommand(line).ifPresent(mounts::add);
      }
    }
    return mounts;
  }

  static Optional<MountedVolume> fromMountinfo(String line) {
    int separator = line.indexOf(" - ");
    if (separator < 0) {
      return Optional.empty();
    }
    String[] head = line.substring(0, separator).split(" ");
    String[] tail = line.substring(separator + 3).split(" ");
    if (head.length < 5 || tail.length < 2) {
      return Optional.empty();
    }
    return mounted(unescaped(tail[1]), unescaped(head[4]));
  }

  static Optional<MountedVolume> fromMountCommand(String line) {
    int on = line.indexOf(" on ");
    int options = line.lastIndexOf(" (");
    if (on < 0 || options < on) {
      return Optional.empty();
    }
    return mounted(line.substring(0, on), line.substring(on + 4, options));
  }

  private static Optional<MountedVolume> mounted(String device, String mountPoint) {
    if (!device.startsWith(DEVICE)) {
      return Optional.empty();
    }
    Place place = Place.parse(device.substring(DEVICE.length()));
    return Optional.of(new MountedVolume(Path.of(mountPoint), Path.of(place.path()), place.name()));
  }

  /** Blanks, tabs, line ends and backslashes stand as three octal digits; others are bytes. */
  private static String unescaped(String field) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < field.length(); i++) {
      if (field.charAt(i) == '\\' && i + 3 < field.length()) {
        plain.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        plain.append(field.charAt(i));
      }
    }
    return plain.toString();
  }
}

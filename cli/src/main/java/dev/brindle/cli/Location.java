package dev.brindle.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a path leads: a store, and for a path on a mount also the version that shows there. {@code
 * DIR/.snapshots/NAME} is that snapshot and {@code DIR/.clones/NAME} that clone, as in the
 * namespace of a mount.
 *
 * @param volume null when the path is the store itself
 * @param snapshot null unless the path is in a snapshot
 */
record Location(Path store, @Nullable String volume, @Nullable String snapshot) {
  static Location of(String path, StoreAccess access) throws IOException {
    Path real = realPath(path);
    if (access.isStore(real)) {
      return new Location(real, null, null);
    }
    refuseUnreadable(real);
    List<MountedVolume> around =
        access.mounts().stream().filter(mount -> real.startsWith(mount.mountPoint())).toList();
    if (around.isEmpty()) {
      throw Refusal.missing(
          path
              + " is neither a store nor on a Brindle mount"
              + " (brindle init makes a store, brindle status lists the mounts)");
    }
    MountedVolume mount =
        around.stream()
            .max(Comparator.comparingInt(m -> m.mountPoint().getNameCount()))
            .orElseThrow();
    return of(mount.store(), access.volumeName(mount), mount.mountPoint().relativize(real));
  }

  /** What is in a directory of somebody else is not known: then it is not said that it is none. */
  static void refuseUnreadable(Path directory) throws AccessDeniedException {
    if (Files.isDirectory(directory)
        && !(Files.isReadable(directory) && Files.isExecutable(directory))) {
      throw new AccessDeniedException(directory.toString());
    }
  }

  /** The path without links where it can be reached; a mount may be dead, or not there yet. */
  static Path realPath(String path) {
    Path absolute = Path.of(path).toAbsolutePath().normalize();
    Path above = absolute.getParent();
    try {
      return absolute.toRealPath();
    } catch (IOException e) {
      if (above == null) {
        return absolute;
      }
    }
    return realPath(above.toString()).resolve(absolute.getFileName());
  }

  private static Location of(Path store, String mounted, Path inside) {
    String volume = mounted;
    String snapshot = null;
    boolean atRoot = true;
    for (int i = 0; i < inside.getNameCount(); i++) {
      String name = inside.getName(i).toString();
      String next = i + 1 < inside.getNameCount() ? inside.getName(i + 1).toString() : null;
      if (name.equals(".clones") && atRoot && next != null) {
        volume = volume + "/" + next;
        snapshot = null;
        i++;
      } else if (name.equals(".snapshots") && snapshot == null && next != null) {
        snapshot = next;
        i++;
      } else if (!name.isEmpty()) {
        atRoot = false;
      }
    }
    return new Location(store, volume, snapshot);
  }
}

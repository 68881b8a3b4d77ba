package dev.brindle.daemon.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tinylog.Logger;

/**
 * How far Linux reads a mount's files ahead of whoever reads them in sequence. By its default of
 * 128 KiB two requests at a time are under way, and the disk waits for the program; a file system
 * can ask for less in the protocol, and for more only root can, by the file of the mount's device.
 */
public final class ReadAhead {
  /**
   * What a program reads at once is seldom more, and so much at any place is asked for as it is;
   * with less, it is taken for a sequence, and more is read ahead of it, in vain. More gains no
   * more, and is read in vain around each page that a mapping touches.
   */
  static final int KIB = 1024;

  private ReadAhead() {}

  /**
   * Has the kernel read further ahead, where this process may say so.
   *
   * @param mountPoint of a mount that has been negotiated: until then the kernel sets its own
   */
  public static void extend(Path mountPoint) {
    if (!Processes.isRoot()) {
      return;
    }
    try {
      Path file = file(mountPoint);
      if (Files.isWritable(file)) {
        Files.writeString(file, Integer.toString(KIB));
      }
    } catch (IOException e) {
      Logger.warn("{}: the kernel reads no further ahead: {}", mountPoint, e.toString());
    }
  }

  static Path file(Path mountPoint) throws IOException {
    int minor = MountTable.on(mountPoint).map(MountTable.Line::minor).orElse(-1);
    return Path.of("/sys/class/bdi/0:%d/read_ahead_kb".formatted(minor));
  }
}

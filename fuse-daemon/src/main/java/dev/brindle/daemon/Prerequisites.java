package dev.brindle.daemon;

import dev.brindle.daemon.host.Host;
import dev.brindle.daemon.transport.MountException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What the host must have before anything can be mounted. */
final class Prerequisites {
  private static final Path FUSE_CONF = Path.of("/etc/fuse.conf");

  private final Host host;
  private final boolean root;
  private final Path fuseDevice;
  private final Path fuseConf;
  private final String searchPath;

  Prerequisites(Host host, boolean root) {
    this(host, root, Path.of("/dev/fuse"), FUSE_CONF, System.getenv("PATH"));
  }

  Prerequisites(
      Host host,
      boolean root,
      Path fuseDevice,
      Path fuseConf,
      @org.jspecify.annotations.Nullable String searchPath) {
    this.host = host;
    this.root = root;
    this.fuseDevice = fuseDevice;
    this.fuseConf = fuseConf;
    this.searchPath = searchPath == null ? "/usr/bin:/bin" : searchPath;
  }

  /**
   * @param allowOther whether other users are to be let in
   * @throws MountException that says what is missing and how to get it
   */
  void check(boolean allowOther) throws MountException {
    if (host != Host.LINUX) {
      return;
    }
    if (!Files.exists(fuseDevice)) {
      throw lacking(
          "there is no %s: load the kernel's module (modprobe fuse); a container must be given the device (--device /dev/fuse)"
              .formatted(fuseDevice));
    }
    if (!Files.isReadable(fuseDevice) || !Files.isWritable(fuseDevice)) {
      throw lacking(
          "%s may not be opened by this user: its mode should be 0666".formatted(fuseDevice));
    }
    if (root) {
      return;
    }
    if (!isOnSearchPath("fusermount") && !isOnSearchPath("fusermount3")) {
      throw lacking(
          "the command fusermount is missing, which ordinary users mount with: "
              + host.fusermountHint());
    }
    if (allowOther && !isUserAllowOther()) {
      throw lacking(
          "letting other users in takes the line user_allow_other in %s".formatted(fuseConf));
    }
  }

  private boolean isOnSearchPath(String command) {
    for (String directory : searchPath.split(":")) {
      if (Files.isExecutable(Path.of(directory, command))) {
        return true;
      }
    }
    return false;
  }

  private boolean isUserAllowOther() throws MountException {
    try {
      return Files.readAllLines(fuseConf).stream()
          .anyMatch(l -> l.strip().equals("user_allow_other"));
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new MountException("cannot read " + fuseConf + ": " + e.getMessage(), e);
    }
  }

  private static MountException lacking(String sentence) {
    return new MountException(MountException.Kind.MACHINE, sentence, null);
  }
}

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** ZFS in user space: one daemon for the whole machine, with one pool in an image. */
final class ZfsFuse extends Target {
  private static final String POOL = "brindlebench";

  private final Path image;
  private final Path log;
  private Process daemon;

  ZfsFuse(Path work, Path image) {
    super("zfs-fuse", work.resolve("zfs-fuse"));
    this.image = image;
    this.log = work.resolve("zfs-fuse.log");
  }

  @Override
  void start() throws IOException {
    daemon =
        new ProcessBuilder("zfs-fuse", "--no-daemon")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    Path parent = mount.getParent();
    if (Files.exists(mount)) {
      untilItAnswers("zpool", "import", "-d", parent.toString(), POOL);
    } else {
      Files.createDirectories(mount);
      untilItAnswers("zpool", "create", "-f", "-m", mount.toString(), POOL, image.toString());
    }
  }

  /** The daemon's socket is there some time after the daemon. */
  private void untilItAnswers(String... command) throws IOException {
    IOException last = null;
    for (int i = 0; i < 20 && daemon.isAlive(); i++) {
      try {
        Processes.run(mount.getParent(), command);
        return;
      } catch (IOException e) {
        last = e;
        Processes.sleep(250);
      }
    }
    throw new IOException("zfs-fuse does not mount: " + Files.readString(log), last);
  }

  @Override
  void stop() throws IOException {
    if (daemon != null && daemon.isAlive()) {
      Processes.run(mount.getParent(), "zpool", "export", POOL);
      daemon.destroy();
      Processes.awaitEnd(daemon.toHandle());
    }
  }

  @Override
  long pid() {
    return daemon.pid();
  }
}

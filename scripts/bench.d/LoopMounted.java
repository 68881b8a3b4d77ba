import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of the kernel, in an image on a loop device; only root can mount it. */
final class LoopMounted extends Target {
  private final Path image;
  private final String[] format;

  /**
   * @param name the kernel's name of the type
   * @param image holds the file system
   * @param format makes an empty one in it
   */
  LoopMounted(String name, Path work, Path image, String... format) {
    super(name, work.resolve(name));
    this.image = image;
    this.format = format;
  }

  @Override
  void start() throws IOException {
    if (Files.notExists(mount)) {
      Files.createDirectories(mount);
      Processes.run(mount.getParent(), format);
    }
    Processes.run(
        mount.getParent(), "mount", "-t", name, "-o", "loop", image.toString(), mount.toString());
  }

  @Override
  void stop() throws IOException {
    if (Processes.isMounted(mount)) {
      Processes.run(mount.getParent(), "umount", mount.toString());
    }
  }

  @Override
  long pid() {
    return 0;
  }
}

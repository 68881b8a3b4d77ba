import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A FUSE file system that one process serves in the foreground. */
final class Served extends Target {
  private final Path log;
  private final String[] preparation;
  private final String[] command;
  private Process process;

  /**
   * @param work where the mount point is made
   * @param preparation run once, before the first start; may be empty
   * @param command serves until the mount is taken away
   */
  Served(String name, Path work, String[] preparation, String... command) {
    super(name, work.resolve(name));
    this.log = work.resolve(name + ".log");
    this.preparation = preparation;
    this.command = command;
  }

  @Override
  void start() throws IOException {
    if (Files.notExists(mount)) {
      Files.createDirectories(mount);
      if (preparation.length > 0) {
        Processes.run(mount.getParent(), preparation);
      }
    }
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    for (int i = 0; i < 500 && process.isAlive(); i++) {
      if (Processes.isMounted(mount)) {
        return;
      }
      Processes.sleep(10);
    }
    throw new IOException(name + " does not mount: " + Files.readString(log));
  }

  @Override
  void stop() throws IOException {
    if (process != null && Processes.isMounted(mount)) {
      Processes.unmount(mount);
      Processes.awaitEnd(process.toHandle());
    }
  }

  @Override
  long pid() {
    return process.pid();
  }
}

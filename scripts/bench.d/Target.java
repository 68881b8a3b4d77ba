import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A directory on the file system that is measured, and how to take that file system away and put it
 * back.
 */
abstract class Target {
  final String name;
  final Path mount;
  private double cpuSecondsBefore;
  private long memoryPeakKib;

  Target(String name, Path mount) {
    this.name = name;
    this.mount = mount;
  }

  abstract void start() throws IOException;

  abstract void stop() throws IOException;

  /** The process that serves the file system; 0 when it is the kernel. */
  abstract long pid();

  /** Empties the caches that the file system's own process has. */
  final void restart() throws IOException {
    noteProcess();
    cpuSecondsBefore = cpuSeconds();
    stop();
    start();
  }

  final Path path(String name) {
    return mount.resolve(name);
  }

  /** Processor time of all processes that have served it. */
  final double cpuSeconds() throws IOException {
    return cpuSecondsBefore + (pid() == 0 ? 0 : Processes.cpuSeconds(pid()));
  }

  final long memoryPeakKib() throws IOException {
    noteProcess();
    return memoryPeakKib;
  }

  private void noteProcess() throws IOException {
    if (pid() != 0) {
      memoryPeakKib = Math.max(memoryPeakKib, Processes.memoryPeakKib(pid()));
    }
  }

  /** The host's own file system. */
  static final class Host extends Target {
    Host(Path work) {
      super("host", work.resolve("host"));
    }

    @Override
    void start() throws IOException {
      Files.createDirectories(mount);
    }

    @Override
    void stop() {}

    @Override
    long pid() {
      return 0;
    }
  }

  /** The plainest FUSE file system there is: it passes every call on to the host's. */
  static final class Bindfs extends Target {
    private final Path backing;
    private Process process;

    Bindfs(Path work) {
      super("bindfs", work.resolve("bindfs"));
      backing = work.resolve("bindfs-backing");
    }

    @Override
    void start() throws IOException {
      Files.createDirectories(mount);
      Files.createDirectories(backing);
      process =
          new ProcessBuilder("bindfs", "-f", backing.toString(), mount.toString())
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(backing.resolveSibling("bindfs.log").toFile()))
              .start();
      for (int i = 0; i < 500 && process.isAlive(); i++) {
        if (Processes.isMounted(mount)) {
          return;
        }
        Processes.sleep(10);
      }
      throw new IOException("bindfs does not mount; see " + backing.resolveSibling("bindfs.log"));
    }

    @Override
    void stop() throws IOException {
      if (process != null) {
        Processes.unmount(mount);
        Processes.awaitEnd(process.toHandle());
      }
    }

    @Override
    long pid() {
      return process.pid();
    }
  }

  /** Brindle, through its own command. */
  static final class Brindle extends Target {
    final Path store;
    private final String command;
    private long pid;

    Brindle(Path work, String command) {
      super("brindle", work.resolve("brindle"));
      this.store = work.resolve("store");
      this.command = command;
    }

    @Override
    void start() throws IOException {
      Files.createDirectories(mount);
      Processes.run(mount.getParent(), command, "mount", store.toString(), mount.toString());
      pid = number(status(), "pid");
    }

    @Override
    void stop() throws IOException {
      if (pid != 0) {
        Processes.run(mount.getParent(), command, "umount", mount.toString());
        Processes.awaitEnd(pid);
        pid = 0;
      }
    }

    @Override
    long pid() {
      return pid;
    }

    String status() throws IOException {
      return Processes.output(mount.getParent(), command, "status", "--json", mount.toString());
    }

    /** The rows of {@code brindle df --json}, one string each. */
    String[] spaceUsages() throws IOException {
      return Processes.output(mount.getParent(), command, "df", "--json", store.toString())
          .split("}");
    }

    /** A whole number in a JSON text, by the name of its field. */
    static long number(String json, String field) throws IOException {
      var matcher =
          java.util.regex.Pattern.compile('"' + field + "\"\\s*:\\s*(\\d+)").matcher(json);
      if (!matcher.find()) {
        throw new IOException("no " + field + " in " + json);
      }
      return Long.parseLong(matcher.group(1));
    }
  }
}

import java.io.IOException;
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

  /** Has the kernel know no name and no attribute of it. */
  final void forgetNames() throws IOException {
    if (Processes.canDropCaches()) {
      Processes.dropNames();
    } else {
      restart();
    }
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
}

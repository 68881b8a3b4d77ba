import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Other programs: running them, and what the kernel tells of them. */
final class Processes {
  private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");
  private static final double TICKS_PER_SECOND = 100;

  static final boolean ROOT = "root".equals(System.getProperty("user.name"));

  private Processes() {}

  static void run(Path directory, String... command) throws IOException {
    output(directory, command);
  }

  /** Runs a command with the input given and no output; for commands that are measured. */
  static void runWithInput(Path directory, Path input, String... command) throws IOException {
    ProcessBuilder builder = builder(directory, command).redirectInput(input.toFile());
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    byte[] errors = process.getErrorStream().readAllBytes();
    await(process, command, errors);
  }

  static String output(Path directory, String... command) throws IOException {
    ProcessBuilder builder =
        builder(directory, command).redirectInput(Path.of("/dev/null").toFile());
    builder.redirectErrorStream(true);
    Process process = builder.start();
    byte[] output = process.getInputStream().readAllBytes();
    await(process, command, output);
    return new String(output, StandardCharsets.UTF_8);
  }

  private static ProcessBuilder builder(Path directory, String... command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    return builder;
  }

  private static void await(Process process, String[] command, byte[] output) throws IOException {
    try {
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException(
            String.join(" ", command)
                + " ended with "
                + status
                + ": "
                + new String(output, StandardCharsets.UTF_8));
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  static boolean isMounted(Path directory) throws IOException {
    String field = " " + directory + " ";
    return Files.readAllLines(Path.of("/proc/mounts")).stream()
        .anyMatch(line -> line.contains(field));
  }

  static void unmount(Path directory) throws IOException {
    String helper =
        Files.isExecutable(Path.of("/usr/bin/fusermount")) ? "fusermount" : "fusermount3";
    run(directory.getParent(), helper, "-u", directory.toString());
  }

  static void awaitEnd(long pid) throws IOException {
    var handle = ProcessHandle.of(pid);
    if (handle.isPresent()) {
      awaitEnd(handle.get());
    }
  }

  static void awaitEnd(ProcessHandle process) throws IOException {
    try {
      process.onExit().get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IOException("process " + process.pid() + " does not end", e);
    }
  }

  static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static double cpuSeconds(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  static long memoryPeakKib(long pid) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/" + pid + "/status"));
    String line =
        lines.stream().filter(text -> text.startsWith("VmHWM:")).findFirst().orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", ""));
  }

  static boolean canDropCaches() {
    return Files.isWritable(DROP_CACHES);
  }

  /** Writes out what is dirty and forgets all clean pages, inodes and names. */
  static void dropCaches() throws IOException {
    run(Path.of("/"), "sync");
    Files.writeString(DROP_CACHES, "3\n");
  }

  /** Forgets inodes and names, not the pages. */
  static void dropNames() throws IOException {
    Files.writeString(DROP_CACHES, "2\n");
  }
}

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Brindle, through its own command. */
final class Brindle extends Target {
  final Path store;
  private final String command;
  private final List<String> options;
  private long pid;

  /**
   * @param name "brindle", or another name for one that is mounted in another way
   * @param options of its mount
   */
  Brindle(String name, Path work, String command, String... options) {
    super(name, work.resolve(name));
    this.store = work.resolve(name + "-store");
    this.command = command;
    this.options = List.of(options);
  }

  @Override
  void start() throws IOException {
    Files.createDirectories(mount);
    List<String> words = new ArrayList<>(List.of(command, "mount"));
    words.addAll(options);
    words.addAll(List.of(store.toString(), mount.toString()));
    Processes.run(mount.getParent(), words.toArray(String[]::new));
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
    var matcher = Pattern.compile('"' + field + "\"\\s*:\\s*(\\d+)").matcher(json);
    if (!matcher.find()) {
      throw new IOException("no " + field + " in " + json);
    }
    return Long.parseLong(matcher.group(1));
  }
}

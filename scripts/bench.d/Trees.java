import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Directory trees as a whole. */
final class Trees {
  private Trees() {}

  static void remove(Path tree) throws IOException {
    Processes.run(Path.of("/"), "rm", "-rf", "--", tree.toString());
  }

  /** Removes all that is in a directory. */
  static void clear(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      for (Path entry : entries.toList()) {
        remove(entry);
      }
    }
  }
}

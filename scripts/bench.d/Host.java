import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The host's own file system. */
final class Host extends Target {
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

package dev.brindle.cli.mounted;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The C programs in the test resources, and what the machine has of others. */
final class Programs {
  private Programs() {}

  /**
   * Compiles the sources of a directory in the test resources into one program.
   *
   * @return the program
   */
  static Path compile(String resources, Path target) {
    try (Stream<Path> files = Files.list(resource(resources))) {
      Path program = target.resolve(resources);
      List<String> command = new ArrayList<>(List.of("gcc", "-O1", "-Wall", "-Wextra", "-o"));
      command.add(program.toString());
      files.map(Path::toString).filter(name -> name.endsWith(".c")).sorted().forEach(command::add);
      Shell.in(target).run(command).expectSuccess();
      return program;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(Programs.class.getResource("/" + name)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}

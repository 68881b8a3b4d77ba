package dev.brindle.cli;

import dev.brindle.store.disk.NativeLibraries;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs the verbs once on a store of its own, for the class data archive: what is loaded here is
 * there at once in every later start.
 */
public final class Rehearsal {
  private Rehearsal() {}

  public static void main(String[] arguments) throws IOException {
    NativeLibraries.useApplicationsOwn();
    Path directory = Files.createTempDirectory("brindle-rehearsal");
    try {
      perform(directory.resolve("store").toString());
    } finally {
      delete(directory);
    }
  }

  private static void perform(String store) throws IOException {
    List<List<String>> commands =
        List.of(
            List.of("--help"),
            List.of("version"),
            List.of("snapshot"),
            List.of("status"),
            List.of("init", store),
            List.of("status", store),
            List.of("status", "--json", store),
            List.of("snapshot", "create", store, "one"),
            List.of("snapshot", "list", store),
            List.of("clone", "create", store + "@one", "two"),
            List.of("volume", "list", store),
            List.of("diff", store + "@one"),
            List.of("diff", "--json", store + "@one"),
            List.of("df", store),
            List.of("df", store + ":missing"),
            List.of("clone", "delete", store, "two"),
            List.of("snapshot", "delete", store, "one"));
    for (List<String> command : commands) {
      StringWriter output = new StringWriter();
      int status =
          Main.run(
              new DirectAccess(),
              new PrintWriter(output),
              new PrintWriter(output),
              command.toArray(String[]::new));
      System.out.println(String.join(" ", command) + ": exit status " + status);
      System.out.print(output);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}

package dev.brindle.cli.mounted;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The packaged command line, as {@code scripts/brindle} starts it. */
final class Brindle {
  private static final String APPLICATION = "brindle.application";

  private Brindle() {}

  static Output run(Object... arguments) {
    return Shell.in(Path.of("/")).run(command(arguments));
  }

  /** Succeeds; what it printed. */
  static String ok(Object... arguments) {
    return run(arguments).expectSuccess().line();
  }

  static List<String> command(Object... arguments) {
    String application = System.getProperty(APPLICATION);
    if (application == null) {
      throw new IllegalStateException("-D" + APPLICATION + " does not say where brindle.jar is");
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
    command.addAll(List.of("-cp", application, "dev.brindle.cli.Main"));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return command;
  }
}

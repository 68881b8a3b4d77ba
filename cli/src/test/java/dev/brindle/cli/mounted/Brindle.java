package dev.brindle.cli.mounted;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The packaged command line, as {@code scripts/brindle} starts it. */
final class Brindle {
  private static final String APPLICATION = "brindle.application";

  private Brindle() {}

  static Output run(Object... arguments) {
    return Shell.in(Path.of("/")).run(command(arguments)).expectNoStackTrace();
  }

  /** Succeeds; what it printed. */
  static String ok(Object... arguments) {
    return run(arguments).expectSuccess().line();
  }

  static List<String> command(Object... arguments) {
    return commandOf(application(), arguments);
  }

  private static String application() {
    String application = System.getProperty(APPLICATION);
    if (application == null) {
      throw new IllegalStateException("-D" + APPLICATION + " does not say where brindle.jar is");
    }
    return application;
  }

  /**
   * Copies the application to where every user may read it.
   *
   * @return the class path of the copy
   */
  static String copyOfApplication(Path directory) {
    List<String> copies = new ArrayList<>();
    for (String element : application().split(":")) {
      Path source = Path.of(element);
      Path target = directory.resolve(Integer.toString(copies.size()));
      Path libraries = source.resolveSibling("lib");
      Shell shell = Shell.in(Path.of("/"));
      shell.run(List.of("mkdir", "-p", target.toString())).expectSuccess();
      if (source.endsWith("brindle.jar")) {
        shell.run(List.of("cp", "-rL", libraries.toString(), target.toString())).expectSuccess();
      }
      shell.run(List.of("cp", "-rL", element, target.toString())).expectSuccess();
      copies.add(target.resolve(source.getFileName()).toString());
    }
    return String.join(":", copies);
  }

  /**
   * @param classPath what has the application
   */
  static List<String> commandOf(String classPath, Object... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
    command.addAll(List.of("-cp", classPath, "dev.brindle.cli.Main"));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return command;
  }
}

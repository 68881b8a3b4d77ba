package dev.brindle.cli;

import dev.brindle.store.disk.NativeLibraries;
import java.io.PrintWriter;
import java.util.Map;
import org.tinylog.configuration.Configuration;
import picocli.CommandLine;

/** The entry: {@code brindle VERB ...}. */
public final class Main {
  /** What a store opened in this process has to say; the daemon has a log of its own. */
  private static final Map<String, String> LOG =
      Map.of(
          "level", "warn",
          "writer", "console",
          "writer.stream", "err",
          // a sentence and its causes, without stacks
          "writer.exception", "keep: none",
          "writer.format", "brindle: {message}");

  private Main() {}

  public static void main(String[] arguments) {
    NativeLibraries.useApplicationsOwn();
    Configuration.replace(LOG);
    DirectAccess access = new DirectAccess();
    access.releaseStuckDaemons();
    System.exit(commandLine(access).execute(arguments));
  }

  static CommandLine commandLine(StoreAccess access) {
    Failures failures = new Failures();
    return new CommandLine(new BrindleCommand(access))
        .registerConverter(Place.class, new Place.Converter())
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures)
        .setExitCodeExceptionMapper(failures)
        .setAbbreviatedOptionsAllowed(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(100);
  }

  /** The same with the output caught, for the class data archive's run and for tests. */
  static int run(StoreAccess access, PrintWriter out, PrintWriter err, String... arguments) {
    return commandLine(access).setOut(out).setErr(err).execute(arguments);
  }
}

package dev.brindle.cli;

import java.io.PrintWriter;
import picocli.CommandLine;

/** The entry: {@code brindle VERB ...}. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(commandLine(new DirectAccess()).execute(arguments));
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

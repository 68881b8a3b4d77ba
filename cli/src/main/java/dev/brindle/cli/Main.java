package dev.brindle.cli;

import dev.brindle.store.disk.NativeLibraries;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.Charset;
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
    Writer out =
        new OutputStreamWriter(new FileOutputStream(FileDescriptor.out), Charset.defaultCharset());
    System.exit(run(commandLine(access), out, arguments));
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
  static int run(StoreAccess access, Writer out, PrintWriter err, String... arguments) {
    return run(commandLine(access).setErr(err), out, arguments);
  }

  private static int run(CommandLine command, Writer to, String... arguments) {
    Output output = new Output(to);
    PrintWriter out = new PrintWriter(output, true);
    int status = command.setOut(out).execute(arguments);
    out.flush();
    IOException failure = output.failure();
    return failure == null ? status : Failures.ofOutput(failure, status, command);
  }
}

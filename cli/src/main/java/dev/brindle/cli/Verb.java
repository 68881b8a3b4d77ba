package dev.brindle.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that does something: what all of them share. */
abstract class Verb implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  /** Does it. Errors are thrown; {@link Failures} makes sentences and exit statuses of them. */
  abstract int run() throws IOException;

  @Override
  public final Integer call() throws IOException {
    return run();
  }

  final StoreAccess access() {
    return ((BrindleCommand) spec.root().userObject()).access();
  }

  final Session open(Place place) throws IOException {
    return Session.open(access(), place);
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  final Progress progress(String doing) {
    return progress(() -> doing);
  }

  final Progress progress(Supplier<String> doing) {
    return Progress.start(spec.commandLine().getErr(), doing);
  }
}

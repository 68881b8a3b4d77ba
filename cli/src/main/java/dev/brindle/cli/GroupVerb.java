package dev.brindle.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A word that needs another one: {@code brindle snapshot create}. Alone it is wrong usage. */
abstract class GroupVerb implements Runnable {
  @Spec CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Override
  public final void run() {
    String choices = String.join(", ", spec.subcommands().keySet());
    throw new ParameterException(spec.commandLine(), "one of these must follow: " + choices);
  }
}

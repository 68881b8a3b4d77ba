package dev.brindle.cli;

import picocli.CommandLine;
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
    throw new VerbMissingException(spec.commandLine());
  }

  /** Told apart because the whole help is shown, not a sentence. */
  static final class VerbMissingException extends ParameterException {
    private static final long serialVersionUID = 1;

    VerbMissingException(CommandLine command) {
      super(command, "a verb is missing");
    }
  }
}

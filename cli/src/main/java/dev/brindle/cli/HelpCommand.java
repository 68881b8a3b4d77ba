package dev.brindle.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "help", description = "Show the help of a verb: help snapshot create.")
final class HelpCommand extends Verb {
  @Parameters(arity = "0..*", paramLabel = "VERB", description = "The verb, all of its words.")
  List<String> words = new ArrayList<>();

  @Override
  int run() throws Refusal {
    CommandLine command = spec.root().commandLine();
    for (String word : words) {
      command = command.getSubcommands().get(word);
      if (command == null) {
        throw Refusal.usage("there is no verb \"" + String.join(" ", words) + "\"");
      }
    }
    command.usage(out());
    return ExitStatus.OK;
  }
}

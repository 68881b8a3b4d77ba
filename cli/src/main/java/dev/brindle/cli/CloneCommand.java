package dev.brindle.cli;

import picocli.CommandLine.Command;

@Command(
    name = "clone",
    description = "Make, list and delete clones: writable volumes that begin as another is.",
    synopsisSubcommandLabel = "VERB",
    commandListHeading = "%nVerbs:%n",
    subcommands = {CloneCreateCommand.class, CloneListCommand.class, CloneDeleteCommand.class})
final class CloneCommand extends GroupVerb {}

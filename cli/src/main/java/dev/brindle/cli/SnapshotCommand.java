package dev.brindle.cli;

import picocli.CommandLine.Command;

@Command(
    name = "snapshot",
    description = "Take, list, rename and delete snapshots.",
    synopsisSubcommandLabel = "VERB",
    commandListHeading = "%nVerbs:%n",
    subcommands = {
      SnapshotCreateCommand.class,
      SnapshotListCommand.class,
      SnapshotRenameCommand.class,
      SnapshotDeleteCommand.class
    })
final class SnapshotCommand extends GroupVerb {}

package dev.brindle.cli;

import picocli.CommandLine.Command;

@Command(
    name = "snapshot",
    description = "Take, list, rename and delete snapshots.",
    synopsisSubcommandLabel = "VERB",
    subcommands = {
      SnapshotCreateCommand.class,
      SnapshotListCommand.class,
      SnapshotRenameCommand.class,
      SnapshotDeleteCommand.class
    })
final class SnapshotCommand extends GroupVerb {}

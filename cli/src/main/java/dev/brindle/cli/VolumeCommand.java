package dev.brindle.cli;

import picocli.CommandLine.Command;

@Command(
    name = "volume",
    description = "Make, list, rename and delete volumes.",
    synopsisSubcommandLabel = "VERB",
    commandListHeading = "%nVerbs:%n",
    subcommands = {
      VolumeCreateCommand.class,
      VolumeListCommand.class,
      VolumeRenameCommand.class,
      VolumeDeleteCommand.class
    })
final class VolumeCommand extends GroupVerb {}

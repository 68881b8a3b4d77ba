package dev.brindle.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code brindle} itself: its verbs, and what is the same for all of them. */
@Command(
    name = "brindle",
    description = "A versioned file system: snapshots in every directory, instant writable clones.",
    synopsisSubcommandLabel = "VERB",
    versionProvider = VersionCommand.Provider.class,
    subcommands = {
      MountCommand.class,
      UmountCommand.class,
      StatusCommand.class,
      InitCommand.class,
      VolumeCommand.class,
      SnapshotCommand.class,
      CloneCommand.class,
      DfCommand.class,
      DiffCommand.class,
      CheckCommand.class,
      ScrubCommand.class,
      ReclaimCommand.class,
      VersionCommand.class,
      HelpCommand.class
    },
    commandListHeading = "%nVerbs (brindle VERB --help tells more):%n",
    footerHeading = "%n",
    footer = {
      "How a store, volume or snapshot is named:",
      "  STORE[:VOLUME][@SNAPSHOT]   STORE is the store's directory; VOLUME is \"main\" when left"
          + " out;",
      "                              a clone's name is its volume's and its own: main/test",
      "  DIR[:VOLUME][@SNAPSHOT]     DIR is any path on a mount: that store, and the volume, clone",
      "                              or snapshot that is seen there",
      "  What is made, renamed or deleted is named in the same word or in one of its own:",
      "  \"snapshot delete ~/brindle@monday\" is \"snapshot delete ~/brindle monday\".",
      "",
      "Most of it works without this command: mkdir DIR/.snapshots/NAME takes a snapshot,",
      "mkdir DIR/.clones/NAME makes a clone, rmdir deletes them, mv renames snapshots.",
      "",
      "A start:",
      "  brindle mount ~/brindle-store ~/brindle",
      "  brindle snapshot create ~/brindle before",
      "  brindle diff ~/brindle@before",
      "",
      "Exit status: 0 done, 1 failed, 2 wrong usage, 3 no such store, volume, snapshot or mount,",
      "  4 exists already or in use, 5 the machine lacks something (libfuse, Java),",
      "  6 the store is damaged, 130 stopped by Ctrl-C, 141 nobody reads the output any more."
    })
final class BrindleCommand extends GroupVerb {
  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Tell the version, as the verb \"version\" does.")
  boolean version;

  private final StoreAccess access;

  BrindleCommand(StoreAccess access) {
    this.access = access;
  }

  StoreAccess access() {
    return access;
  }
}

package dev.brindle.cli;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "init",
    description =
        "Make an empty store with one empty volume. \"mount\" does that by itself when the store"
            + " does not exist.",
    footerHeading = "%nExample:%n",
    footer = "  brindle init ~/brindle-store")
final class InitCommand extends Verb {
  @Parameters(
      paramLabel = "STORE",
      description = "The directory: made when it is missing, and empty otherwise.")
  Path directory;

  @Option(
      names = "--volume",
      paramLabel = "NAME",
      defaultValue = Session.DEFAULT_VOLUME,
      description = "The volume's name (default: ${DEFAULT-VALUE}).")
  String volume;

  @Override
  int run() throws IOException {
    Path store = Location.realPath(directory.toString());
    if (access().isStore(store) && !isEmpty(store)) {
      throw Refusal.refused(store + " is a store already");
    }
    access().create(store, volume);
    out().println("Made the store " + store + " with the volume " + volume + ".");
    return ExitStatus.OK;
  }

  /** Whether an earlier attempt ended before it made the volume. */
  private boolean isEmpty(Path store) {
    try {
      return access().hasNoVolume(store);
    } catch (IOException e) {
      // a store that is damaged, in use or another user's is a store all the same
      return false;
    }
  }
}

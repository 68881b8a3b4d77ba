package dev.brindle.cli;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "reclaim",
    description =
        "Give the space of everything that was deleted or overwritten back to the host's disk, and"
            + " return when it is there. A mounted store does that by itself in the background.",
    footerHeading = "%nExample:%n",
    footer = "  brindle reclaim ~/brindle-store")
final class ReclaimCommand extends Verb {
  @Parameters(paramLabel = "STORE", description = "The store, or a mount.")
  Place place;

  @Override
  int run() throws IOException {
    try (Session session = open(place);
        Progress progress = progress("Freeing space")) {
      session.control().reclaim();
    }
    return ExitStatus.OK;
  }
}

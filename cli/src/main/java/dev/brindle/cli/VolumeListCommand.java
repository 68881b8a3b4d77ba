package dev.brindle.cli;

import dev.brindle.daemon.control.VolumeReport;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "list",
    description = "List all volumes of a store, clones included.",
    footerHeading = "%nExample:%n",
    footer = "  brindle volume list ~/brindle-store")
final class VolumeListCommand extends Verb {
  @Parameters(paramLabel = "STORE", description = "The store, or a mount.")
  Place place;

  @Mixin JsonOption json;

  @Override
  int run() throws IOException {
    if (!place.version().isEmpty()) {
      throw Refusal.usage("\"" + place + "\": a list of volumes takes just the store");
    }
    try (Session session = open(place)) {
      List<VolumeReport> volumes = session.control().volumes();
      if (!json.print(volumes, out())) {
        VolumeTable.print(volumes, out());
      }
    }
    return ExitStatus.OK;
  }
}

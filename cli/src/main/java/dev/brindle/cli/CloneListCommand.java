package dev.brindle.cli;

import dev.brindle.daemon.control.VolumeReport;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "list",
    description = "List the clones that stand in a volume's .clones.",
    footerHeading = "%nExample:%n",
    footer = "  brindle clone list ~/brindle")
final class CloneListCommand extends Verb {
  @Parameters(
      paramLabel = "STORE[:VOLUME]",
      description = "The volume: in a store, or a path on a mount.")
  Place place;

  @Mixin JsonOption json;

  @Override
  int run() throws IOException {
    try (Session session = open(place)) {
      List<VolumeReport> clones = session.control().clones(session.volume());
      if (!json.print(clones, out())) {
        VolumeTable.print(clones, out());
      }
    }
    return ExitStatus.OK;
  }
}

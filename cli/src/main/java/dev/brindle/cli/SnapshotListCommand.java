package dev.brindle.cli;

import dev.brindle.daemon.control.SnapshotReport;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "list",
    description =
        "List the snapshots of a volume, oldest first. What they take up is told by \"df\".",
    footerHeading = "%nExamples:%n",
    footer = {
      "  brindle snapshot list ~/brindle",
      "  brindle snapshot list ~/brindle-store:main/test"
    })
final class SnapshotListCommand extends Verb {
  @Parameters(
      paramLabel = "STORE[:VOLUME]",
      description = "The volume: in a store, or a path on a mount.")
  Place place;

  @Mixin JsonOption json;

  @Override
  int run() throws IOException {
    try (Session session = open(place)) {
      List<SnapshotReport> snapshots = session.control().snapshots(session.volume());
      if (!json.print(snapshots, out()) && !snapshots.isEmpty()) {
        Table table = new Table().text("SNAPSHOT").text("CREATED");
        for (SnapshotReport snapshot : snapshots) {
          table.row(NameDisplay.of(snapshot.name()), Table.time(snapshot.created()));
        }
        out().println(table);
      }
    }
    return ExitStatus.OK;
  }
}

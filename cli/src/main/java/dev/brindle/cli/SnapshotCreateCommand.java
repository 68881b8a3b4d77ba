package dev.brindle.cli;

import dev.brindle.daemon.control.SnapshotReport;
import dev.brindle.daemon.control.TreeReference;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "create",
    description =
        "Take a snapshot of a volume, with everything written to it before. It is durable when this"
            + " returns. On a mount, \"mkdir DIR/.snapshots/NAME\" does the same.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  brindle snapshot create ~/brindle before",
      "  brindle snapshot create ~/brindle-store:main before",
      "  brindle snapshot create ~/brindle-store:main@before"
    })
final class SnapshotCreateCommand extends Verb {
  @Parameters(
      index = "0",
      paramLabel = "STORE[:VOLUME][@NAME]",
      description = "The volume: in a store, or a path on a mount.")
  Place place;

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "The new name.")
  @Nullable String name;

  @Mixin JsonOption json;

  @Override
  int run() throws IOException {
    try (Session session = open(place)) {
      TreeReference version = session.version();
      String snapshot = Naming.only("snapshot", version.snapshot(), name);
      SnapshotReport taken = session.control().createSnapshot(version.volume(), snapshot);
      if (!json.print(taken, out())) {
        out().println("Took the snapshot " + VersionText.of(taken) + ".");
      }
    }
    return ExitStatus.OK;
  }
}

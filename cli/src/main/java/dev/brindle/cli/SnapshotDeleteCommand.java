package dev.brindle.cli;

import dev.brindle.daemon.control.TreeReference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "delete",
    description =
        "Delete snapshots, in any order; clones of them live on. On a mount, \"rmdir"
            + " DIR/.snapshots/NAME\" does the same.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  brindle snapshot delete ~/brindle before",
      "  brindle snapshot delete ~/brindle-store:main monday tuesday",
      "  brindle snapshot delete ~/brindle@before --wait"
    })
final class SnapshotDeleteCommand extends Verb {
  @Parameters(
      index = "0",
      paramLabel = "STORE[:VOLUME][@NAME]",
      description = "The volume: in a store, or a path on a mount.")
  Place place;

  @Parameters(index = "1..*", arity = "0..*", paramLabel = "NAME", description = "The snapshots.")
  List<String> names = new ArrayList<>();

  @Mixin DeletionOptions deletion;

  @Override
  int run() throws IOException {
    try (Session session = open(place)) {
      TreeReference version = session.version();
      for (String name : Naming.all("snapshot", version.snapshot(), names)) {
        session.control().deleteSnapshot(version.volume(), name);
        out().println("Deleted the snapshot " + VersionText.of(version.volume(), name) + ".");
      }
      deletion.finish(session, this);
    }
    return ExitStatus.OK;
  }
}

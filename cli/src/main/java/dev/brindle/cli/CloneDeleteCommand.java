package dev.brindle.cli;

import dev.brindle.daemon.control.VolumeReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "delete",
    description =
        "Delete clones with all their snapshots. One that has clones itself is left alone unless an"
            + " option says what becomes of them. On a mount, \"rmdir DIR/.clones/NAME\" does the"
            + " same.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  brindle clone delete ~/brindle test",
      "  brindle clone delete ~/brindle-store:main/test"
    })
final class CloneDeleteCommand extends Verb {
  @Parameters(
      index = "0",
      paramLabel = "STORE[:VOLUME]",
      description = "The volume that the clones stand in, or the clone itself.")
  Place place;

  @Parameters(index = "1..*", arity = "0..*", paramLabel = "NAME", description = "The clones.")
  List<String> names = new ArrayList<>();

  @ArgGroup CloneDispositionOptions clones = new CloneDispositionOptions();

  @Mixin DeletionOptions deletion;

  @Override
  int run() throws IOException {
    try (Session session = open(place)) {
      for (VolumeReport clone : chosen(session)) {
        session.control().deleteVolume(clone.fullName(), clones.disposition());
        out().println("Deleted the clone " + NameDisplay.of(clone.fullName()) + ".");
      }
      deletion.finish(session, this);
    }
    return ExitStatus.OK;
  }

  private List<VolumeReport> chosen(Session session) throws IOException {
    String volume = session.volume();
    List<VolumeReport> chosen = new ArrayList<>();
    for (String name : names) {
      chosen.add(session.find(volume + "/" + name));
    }
    if (chosen.isEmpty()) {
      chosen.add(session.find(volume));
    }
    for (VolumeReport report : chosen) {
      if (report.parent() == null) {
        throw Refusal.usage(
            NameDisplay.of(report.fullName())
                + " is a volume and no clone: name the clone, or use brindle volume delete");
      }
    }
    return chosen;
  }
}

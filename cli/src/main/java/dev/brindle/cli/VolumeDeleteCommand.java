package dev.brindle.cli;

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
        "Delete volumes or clones with all their snapshots. One that has clones is left alone"
            + " unless an option says what becomes of them.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  brindle volume delete ~/brindle-store photos",
      "  brindle volume delete ~/brindle-store:photos --detach-clones"
    })
final class VolumeDeleteCommand extends Verb {
  @Parameters(index = "0", paramLabel = "STORE[:NAME]", description = "The store, or a mount.")
  Place place;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "NAME",
      description = "Full names of volumes.")
  List<String> names = new ArrayList<>();

  @ArgGroup CloneDispositionOptions clones = new CloneDispositionOptions();

  @Mixin DeletionOptions deletion;

  @Override
  int run() throws IOException {
    List<String> volumes = Naming.all("volume", Naming.volume(place), names);
    try (Session session = open(place)) {
      for (String volume : volumes) {
        session.control().deleteVolume(session.find(volume).fullName(), clones.disposition());
        out().println("Deleted the volume " + NameDisplay.of(volume) + ".");
      }
      deletion.finish(session, this);
    }
    return ExitStatus.OK;
  }
}

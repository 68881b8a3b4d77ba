package dev.brindle.cli;

import dev.brindle.daemon.control.VolumeReport;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "create",
    description = "Make an empty volume.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  brindle volume create ~/brindle-store photos",
      "  brindle volume create ~/brindle-store:photos",
      "  brindle mount ~/brindle-store:photos ~/photos"
    })
final class VolumeCreateCommand extends Verb {
  @Parameters(index = "0", paramLabel = "STORE[:NAME]", description = "The store, or a mount.")
  Place place;

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "The volume's name.")
  @Nullable String name;

  @Mixin JsonOption json;

  @Override
  int run() throws IOException {
    String volume = Naming.only("volume", Naming.volume(place), name);
    try (Session session = open(place)) {
      VolumeReport made = session.control().createVolume(volume);
      if (!json.print(made, out())) {
        out().println("Made the volume " + NameDisplay.of(made.fullName()) + ".");
      }
    }
    return ExitStatus.OK;
  }
}

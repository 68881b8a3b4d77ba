package dev.brindle.cli;

import dev.brindle.daemon.control.TreeReference;
import dev.brindle.daemon.control.VolumeReport;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "create",
    description =
        "Clone a volume as it is now, or one of its snapshots. The clone appears in the volume's"
            + " .clones and can be mounted by itself. On a mount, \"mkdir DIR/.clones/NAME\" and"
            + " \"mkdir DIR/.snapshots/SNAPSHOT/.clones/NAME\" do the same.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  brindle clone create ~/brindle test",
      "  brindle clone create ~/brindle --from before test",
      "  brindle clone create ~/brindle-store:main@before test",
      "  brindle mount ~/brindle-store:main/test ~/test"
    })
final class CloneCreateCommand extends Verb {
  @Parameters(
      index = "0",
      paramLabel = "STORE[:VOLUME][@SNAPSHOT]",
      description = "What is cloned: in a store, or a path on a mount.")
  Place place;

  @Parameters(index = "1", paramLabel = "NAME", description = "The clone's name.")
  String name;

  @Option(
      names = "--from",
      paramLabel = "SNAPSHOT",
      description = "Clone this snapshot of the volume.")
  @Nullable String from;

  @Mixin JsonOption json;

  @Override
  int run() throws IOException {
    try (Session session = open(place)) {
      TreeReference origin = session.version();
      String snapshot =
          origin.snapshot() == null && from == null
              ? null
              : Naming.all("snapshot", origin.snapshot(), from == null ? List.of() : List.of(from))
                  .get(0);
      VolumeReport made = session.control().createClone(origin.volume(), snapshot, name);
      if (!json.print(made, out())) {
        out()
            .println(
                "Made the clone "
                    + NameDisplay.of(made.fullName())
                    + " of "
                    + VersionText.of(origin.volume(), snapshot)
                    + ".");
      }
    }
    return ExitStatus.OK;
  }
}

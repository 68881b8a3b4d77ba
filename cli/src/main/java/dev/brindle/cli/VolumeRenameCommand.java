package dev.brindle.cli;

import dev.brindle.daemon.control.VolumeReport;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "rename",
    description =
        "Give a volume or clone another name where it stands. The full names of its clones follow.",
    customSynopsis = {
      "brindle volume rename [-h] [--json] STORE OLD NEW",
      "brindle volume rename [-h] [--json] STORE:OLD NEW"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  brindle volume rename ~/brindle-store photos pictures",
      "  brindle volume rename ~/brindle-store:main/test trial"
    })
final class VolumeRenameCommand extends Verb {
  @Parameters(index = "0", paramLabel = "STORE[:OLD]", description = "The store, or a mount.")
  Place place;

  @Parameters(
      index = "1",
      arity = "1..2",
      paramLabel = "[OLD] NEW",
      description = "The full name that it has (main/test), and the last name that it gets.")
  List<String> names;

  @Mixin JsonOption json;

  @Override
  int run() throws IOException {
    String joined = Naming.volume(place);
    List<String> separate = names.subList(0, names.size() - 1);
    String oldName = Naming.all("volume", joined, separate).get(0);
    String newName = names.get(names.size() - 1);
    try (Session session = open(place)) {
      VolumeReport renamed =
          session.control().renameVolume(session.find(oldName).fullName(), newName);
      if (!json.print(renamed, out())) {
        out()
            .println(
                NameDisplay.of(oldName) + " is now " + NameDisplay.of(renamed.fullName()) + ".");
      }
    }
    return ExitStatus.OK;
  }
}

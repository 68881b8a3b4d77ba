package dev.brindle.cli;

import dev.brindle.daemon.control.SnapshotReport;
import dev.brindle.daemon.control.TreeReference;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "rename",
    description = "Give a snapshot another name. On a mount, mv inside .snapshots does the same.",
    customSynopsis = {
      "brindle snapshot rename [-h] [--json] STORE[:VOLUME] OLD NEW",
      "brindle snapshot rename [-h] [--json] STORE[:VOLUME]@OLD NEW"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  brindle snapshot rename ~/brindle before release-1",
      "  brindle snapshot rename ~/brindle@before release-1"
    })
final class SnapshotRenameCommand extends Verb {
  @Parameters(
      index = "0",
      paramLabel = "STORE[:VOLUME][@OLD]",
      description = "The volume: in a store, or a path on a mount.")
  Place place;

  @Parameters(
      index = "1",
      arity = "1..2",
      paramLabel = "[OLD] NEW",
      description = "The name that it has, and the name that it gets.")
  List<String> names;

  @Mixin JsonOption json;

  @Override
  int run() throws IOException {
    try (Session session = open(place)) {
      TreeReference version = session.version();
      List<String> separate = names.subList(0, names.size() - 1);
      String oldName = Naming.all("snapshot", version.snapshot(), separate).get(0);
      SnapshotReport renamed =
          session.control().renameSnapshot(version.volume(), oldName, names.get(names.size() - 1));
      if (!json.print(renamed, out())) {
        out()
            .println(
                VersionText.of(version.volume(), oldName)
                    + " is now "
                    + VersionText.of(renamed)
                    + ".");
      }
    }
    return ExitStatus.OK;
  }
}

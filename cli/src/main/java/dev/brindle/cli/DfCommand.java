package dev.brindle.cli;

import dev.brindle.daemon.control.SpaceReport;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "df",
    description =
        "Tell what each volume and snapshot takes up: REFER is what it refers to, USED what"
            + " deleting it alone would free, WRITTEN what was written since the one before it."
            + " Exact, and known without a walk.",
    footerHeading = "%nExamples:%n",
    footer = {"  brindle df ~/brindle", "  brindle df ~/brindle-store:main/test --json"})
final class DfCommand extends Verb {
  @Parameters(
      paramLabel = "STORE[:VOLUME]",
      description = "A store (all volumes), a volume of it, or a path on a mount (its volume).")
  Place place;

  @Mixin JsonOption json;

  @Override
  int run() throws IOException {
    try (Session session = open(place)) {
      List<SpaceReport> usages = session.control().spaceUsage(session.volumeIfNamed());
      if (!json.print(usages, out()) && !usages.isEmpty()) {
        out().println(table(usages));
      }
    }
    return ExitStatus.OK;
  }

  private static Table table(List<SpaceReport> usages) {
    Table table = new Table().text("VERSION").number("REFER").number("USED").number("WRITTEN");
    for (SpaceReport usage : usages) {
      table.row(
          VersionText.of(usage.volume(), usage.snapshot()),
          Sizes.human(usage.refer()),
          Sizes.human(usage.used()),
          Sizes.human(usage.written()));
    }
    return table;
  }
}

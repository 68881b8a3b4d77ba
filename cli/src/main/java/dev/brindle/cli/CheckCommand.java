package dev.brindle.cli;

import dev.brindle.daemon.control.DaemonControl;
import dev.brindle.store.check.CheckReport;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "check",
    description =
        "Walk a whole store and verify that everything in it is as it must be. Nothing is changed."
            + " The store must not be mounted. Exit status 6 when something is wrong.",
    footerHeading = "%nExamples:%n",
    footer = {"  brindle check ~/brindle-store", "  brindle check --data ~/brindle-store"})
final class CheckCommand extends Verb {
  @Parameters(paramLabel = "STORE", description = "The store's directory.")
  Place place;

  @Option(
      names = "--data",
      description = "Read all file data as well and verify its checksums; takes as long as that.")
  boolean data;

  @Mixin JsonOption json;

  @Override
  int run() throws IOException {
    if (!place.version().isEmpty()) {
      throw Refusal.usage("\"" + place + "\": a check takes just the store");
    }
    Location location = Location.of(place.path(), access());
    Optional<? extends DaemonControl> daemon = access().daemon(location.store());
    if (daemon.isPresent()) {
      daemon.get().close();
      throw Refusal.refused(
          "the store "
              + location.store()
              + " is mounted; unmount it first: brindle umount "
              + location.store());
    }
    CheckReport report;
    try (Progress progress = progress("Checking " + location.store())) {
      report = access().check(location.store(), data);
    }
    if (!json.print(report, out())) {
      print(report);
    }
    return report.isSound() ? ExitStatus.OK : ExitStatus.DAMAGED;
  }

  private void print(CheckReport report) {
    out()
        .printf(
            "Checked %,d versions, %,d nodes, %,d inodes, %,d extents%s: ",
            report.versions(),
            report.nodes(),
            report.inodes(),
            report.extents(),
            data ? ", " + Sizes.human(report.dataBytes()) + " of data" : "");
    if (report.isSound()) {
      out().println("sound.");
      return;
    }
    out().printf("%,d problems.%n", report.problems().size());
    report.problems().forEach(out()::println);
  }
}

package dev.brindle.cli;

import dev.brindle.daemon.control.DaemonControl;
import dev.brindle.store.check.CheckReport;
import java.io.IOException;
import java.nio.file.Path;
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
    footer = {
      "  brindle check ~/brindle-store",
      "  brindle check --data ~/brindle-store",
      "  brindle check --rebuild-index ~/brindle-store"
    })
final class CheckCommand extends Verb {
  @Parameters(paramLabel = "STORE", description = "The store's directory.")
  Place place;

  @Option(
      names = "--data",
      description = "Read all file data as well and verify its checksums; takes as long as that.")
  boolean data;

  @Option(
      names = "--rebuild-index",
      description =
          "First make a lost or damaged index (index.db) anew from its copies, and the superblock"
              + " when that is lost. Volumes, snapshots and clones are all there afterwards.")
  boolean rebuildIndex;

  @Mixin JsonOption json;

  @Override
  int run() throws IOException {
    if (!place.version().isEmpty()) {
      throw Refusal.usage("\"" + place + "\": a check takes just the store");
    }
    // A store without its superblock is one that only its path names.
    Path store =
        rebuildIndex
            ? Location.realPath(place.path())
            : Location.of(place.path(), access()).store();
    refuseMounted(store);
    if (rebuildIndex) {
      try (Progress progress = progress("Making the index of " + store + " anew")) {
        access().rebuildIndex(store);
      }
    }
    CheckReport report;
    try (Progress progress = progress("Checking " + store)) {
      report = access().check(store, data);
    }
    if (!json.print(report, out())) {
      print(report);
    }
    return report.isSound() ? ExitStatus.OK : ExitStatus.DAMAGED;
  }

  private void refuseMounted(Path store) throws IOException {
    Optional<? extends DaemonControl> daemon = access().daemon(store);
    if (daemon.isPresent()) {
      daemon.get().close();
      throw Refusal.refused(
          "the store " + store + " is mounted; unmount it first: brindle umount " + store);
    }
  }

  private void print(CheckReport report) {
    if (rebuildIndex) {
      out().println("Made the index anew from its copies.");
    }
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

package dev.brindle.cli;

import dev.brindle.daemon.control.DaemonControl;
import dev.brindle.store.check.CheckReport;
import dev.brindle.store.check.RepairReport;
import dev.brindle.store.index.IndexRebuilt;
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
        "Walk a whole store and verify that everything in it is as it must be. Nothing is changed"
            + " unless an option says so. The store must not be mounted. Exit status 6 when"
            + " something is wrong, and after a repair when something is left.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  brindle check ~/brindle-store",
      "  brindle check --data ~/brindle-store",
      "  brindle check --rebuild-index ~/brindle-store",
      "  brindle check --repair ~/brindle-store"
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

  @Option(
      names = "--accept-older",
      description =
          "With --rebuild-index: when the newest copies are lost as well, go on from the newest"
              + " state that is left. What changed after it is lost. Without this option such a"
              + " store is left as it is.")
  boolean acceptOlder;

  @Option(
      names = "--repair",
      description =
          "Make a damaged store sound again and say what was done. All that is sound stays as it"
              + " is, in volumes and snapshots; what cannot be read is left out; what lost its"
              + " name goes to lost+found in the volume's root. All or nothing, and nothing when"
              + " the store is sound.")
  boolean repair;

  @Mixin JsonOption json;

  @Override
  int run() throws IOException {
    if (data && repair) {
      throw Refusal.usage("--data and --repair do not go together: file data is not repaired");
    }
    if (acceptOlder && !rebuildIndex) {
      throw Refusal.usage("--accept-older goes with --rebuild-index only");
    }
    if (!place.version().isEmpty()) {
      throw Refusal.usage("\"" + place + "\": a check takes just the store");
    }
    Path store = Location.of(place.path(), access()).store();
    refuseMounted(store);
    if (rebuildIndex) {
      rebuildIndex(store);
    }
    if (repair) {
      return repair(store);
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

  private void rebuildIndex(Path store) throws IOException {
    IndexRebuilt rebuilt;
    try (Progress progress = progress("Making the index of " + store + " anew")) {
      rebuilt = access().rebuildIndex(store, acceptOlder);
    }
    if (json.enabled) {
      return;
    }
    out().println("Made the index anew from its copies.");
    if (rebuilt.older()) {
      out()
          .printf(
              "It is as of checkpoint %,d, with the synced changes up to the next one: what"
                  + " changed after that is lost.%n",
              rebuilt.checkpoint());
    }
  }

  private int repair(Path store) throws IOException {
    RepairReport report;
    try (Progress progress = progress("Repairing " + store)) {
      report = access().repair(store);
    }
    if (!json.print(report, out())) {
      report.deeds().forEach(out()::println);
      out().println(report.deeds().isEmpty() ? "Nothing to repair." : "Repaired.");
      if (!report.isSound()) {
        out().printf("%,d problems are left:%n", report.remaining().size());
        report.remaining().forEach(out()::println);
      }
    }
    return report.isSound() ? ExitStatus.OK : ExitStatus.DAMAGED;
  }

  private void refuseMounted(Path store) throws IOException {
    Optional<? extends DaemonControl> daemon = access().daemon(store);
    if (daemon.isPresent()) {
      try (DaemonControl served = daemon.get()) {
        throw Refusal.served(store, served.status());
      }
    }
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

package dev.brindle.cli;

import dev.brindle.daemon.control.VolumeReport;
import java.io.PrintWriter;
import java.util.List;

/** Volumes or clones as a table. */
final class VolumeTable {
  private VolumeTable() {}

  static void print(List<VolumeReport> volumes, PrintWriter out) {
    if (volumes.isEmpty()) {
      return;
    }
    Table table = new Table().text("VOLUME").text("CREATED").text("CLONED FROM");
    for (VolumeReport volume : volumes) {
      table.row(
          NameDisplay.of(volume.fullName()), Table.time(volume.created()), originText(volume));
    }
    out.println(table);
  }

  private static String originText(VolumeReport volume) {
    String origin = volume.origin();
    if (origin != null) {
      return NameDisplay.of(origin);
    }
    String parent = volume.parent();
    return parent == null ? "" : NameDisplay.of(parent);
  }
}

package dev.brindle.cli;

import dev.brindle.daemon.control.DaemonControl;
import dev.brindle.daemon.control.DaemonReport;
import dev.brindle.daemon.control.MountOptions;
import dev.brindle.daemon.control.MountReport;
import dev.brindle.daemon.control.StatusReport;
import dev.brindle.namespace.SnapshotVisibility;
import dev.brindle.store.RecoveryReport;
import dev.brindle.store.StoreStatus;
import dev.brindle.store.UncleanEnd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "status",
    description =
        "Tell how a store is: its daemon and mounts, sizes, and where its log is. Without a store:"
            + " list the Brindle mounts of this machine.",
    footerHeading = "%nExamples:%n",
    footer = {"  brindle status", "  brindle status ~/brindle"})
final class StatusCommand extends Verb {
  private static final int ANSWER_SECONDS = 3;

  @Parameters(arity = "0..1", paramLabel = "STORE", description = "The store, or a mount.")
  @Nullable Place place;

  @Mixin JsonOption json;

  @Override
  int run() throws IOException {
    if (place == null) {
      listMounts();
      return ExitStatus.OK;
    }
    try (Session session = open(place)) {
      StatusReport status = session.control().status();
      if (!json.print(status, out())) {
        print(status);
      }
    }
    return ExitStatus.OK;
  }

  private void listMounts() throws IOException {
    List<MountLine> lines = access().mounts().stream().map(this::line).toList();
    if (json.print(lines, out())) {
      return;
    }
    if (lines.isEmpty()) {
      out().println("Nothing is mounted.");
      return;
    }
    Table table = new Table().text("MOUNT").text("STORE").text("VOLUME").text("DAEMON");
    for (MountLine mount : lines) {
      table.row(
          NameDisplay.of(mount.mountPoint()),
          NameDisplay.of(mount.store()),
          NameDisplay.of(mount.volume()),
          mount.daemon());
    }
    out().println(table);
  }

  /** Another user's daemon, or what says that it is one, may never answer; the list goes on. */
  private MountLine line(MountedVolume mount) {
    FutureTask<MountLine> asked = new FutureTask<>(() -> ask(mount));
    Thread thread = new Thread(asked, "status-of-" + mount.mountPoint());
    thread.setDaemon(true);
    thread.start();
    try {
      return asked.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return new MountLine(mount, mount.volume(), "not reachable");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new MountLine(mount, mount.volume(), "not reachable");
    }
  }

  private MountLine ask(MountedVolume mount) throws IOException {
    Optional<? extends DaemonControl> daemon = access().daemon(mount.store());
    if (daemon.isPresent()) {
      try (DaemonControl asked = daemon.get()) {
        Optional<MountReport> served = mount.servedBy(asked);
        if (served.isPresent()) {
          return new MountLine(mount, served.get().volume(), "running");
        }
      }
    }
    boolean isDead = access().isOwn(mount) && access().isDead(mount);
    return new MountLine(mount, mount.volume(), isDead ? "died" : "not reachable");
  }

  /**
   * What {@code --json} prints of a mount.
   *
   * @param daemon {@code running}, {@code died} or {@code not reachable}
   */
  private record MountLine(String mountPoint, String store, String volume, String daemon) {
    MountLine(MountedVolume mount, String volume, String daemon) {
      this(mount.mountPoint().toString(), mount.store().toString(), volume, daemon);
    }
  }

  private void print(StatusReport status) {
    StoreStatus store = status.store();
    line("Store", NameDisplay.of(status.directory()));
    line("Id", store.storeId() + ", format " + store.formatVersion());
    line("State", state(store));
    if (store.recovery() != null) {
      line("Recovered", recovery(store.recovery()));
    }
    store.losses().forEach(loss -> line("Damage", loss));
    DaemonReport daemon = status.daemon();
    line("Daemon", daemon == null ? "not running" : daemonText(status.version(), daemon));
    for (MountReport mount : status.mounts()) {
      line(
          "Mount",
          NameDisplay.of(mount.mountPoint())
              + ": "
              + NameDisplay.of(mount.volume())
              + optionText(mount.options())
              + ", since "
              + Table.time(mount.mounted())
              + (mount.detached() ? ", taken off; files are still open on it" : ""));
    }
    line(
        "Data",
        Sizes.human(store.liveBytes())
            + " live and "
            + Sizes.human(store.deadBytes())
            + " dead in "
            + count(store.segments(), "segment"));
    line("Index", Sizes.human(store.indexBytes()));
    if (store.deletions() > 0) {
      line("Being freed", count(store.deletions(), "deleted snapshot or volume"));
    }
    line("Not yet saved", Sizes.human(store.dirtyBytes()));
    line("Log", NameDisplay.of(status.logFile()));
  }

  private static String state(StoreStatus store) {
    if (store.readOnlyReason() != null) {
      return "read-only: " + store.readOnlyReason();
    }
    return store.unsavedReason() == null
        ? "healthy"
        : "not everything can be saved, make room on the host's disk: " + store.unsavedReason();
  }

  private static String recovery(RecoveryReport recovery) {
    UncleanEnd end = recovery.end();
    return (end == null
            ? "the store was not closed; "
            : "%s, which had the store open since %s, ended without closing it after %s; "
                .formatted(end.process(), Table.time(end.opened()), Table.time(end.lastWrite())))
        + "%s of its log rolled forward in %.1f s"
            .formatted(count(recovery.operations(), "change"), recovery.millis() / 1000.0)
        + " ("
        + Sizes.human(recovery.logBytes())
        + " read)";
  }

  private static String daemonText(String version, DaemonReport daemon) {
    return "running since "
        + Table.time(daemon.started())
        + ", process "
        + daemon.pid()
        + ", version "
        + version
        + ", Java "
        + daemon.javaVersion()
        + ", "
        + Sizes.human(daemon.heapUsedBytes())
        + " of "
        + Sizes.human(daemon.heapBytesMax())
        + " heap";
  }

  private static String optionText(MountOptions options) {
    List<String> words = new ArrayList<>();
    words.add(options.readOnly() ? "read-only" : "read-write");
    if (options.noAccessTime()) {
      words.add("noatime");
    }
    if (Boolean.TRUE.equals(options.allowOther())) {
      words.add("allow-other");
    }
    if (options.alone()) {
      words.add("cache alone");
    }
    if (options.snapshots() != SnapshotVisibility.HIDDEN) {
      words.add("snapdir " + options.snapshots().name().toLowerCase(Locale.ROOT));
    }
    return ", " + String.join(", ", words);
  }

  private static String count(long number, String what) {
    return String.format(Locale.ROOT, "%,d %s%s", number, what, number == 1 ? "" : "s");
  }

  private void line(String label, String text) {
    out().printf("%-14s %s%n", label, text);
  }
}

package dev.brindle.cli;

import dev.brindle.daemon.control.DaemonControl;
import dev.brindle.daemon.control.DamageReport;
import dev.brindle.daemon.control.StoreControl;
import dev.brindle.store.scrub.ScrubStatus;
import dev.brindle.store.scrub.ScrubStatus.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "scrub",
    description =
        "Read everything that a store holds, all versions, each block once, and tell which files"
            + " are damaged. A mounted store is scrubbed by its daemon, which works for a"
            + " fifth of the time at most; this waits for the end. Nothing is changed. Exit status 6"
            + " when something is damaged.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  brindle scrub ~/brindle",
      "  brindle scrub --background --rate 20M ~/brindle",
      "  brindle scrub --status ~/brindle"
    })
final class ScrubCommand extends Verb {
  private static final int POLL_MILLIS = 200;

  @Parameters(paramLabel = "STORE", description = "The store, or a mount.")
  Place place;

  @Option(
      names = "--rate",
      paramLabel = "BYTES",
      converter = Rate.Converter.class,
      description = "Read at most so much in a second: 500K, 20M, 1G.")
  @Nullable Rate rate;

  @ArgGroup Mode mode = new Mode();

  @Mixin JsonOption json;

  /** What to do instead of waiting for a scrub. */
  static final class Mode {
    @Option(
        names = {"-b", "--background"},
        description = "Return at once; --status tells how it goes on.")
    boolean background;

    @Option(names = "--status", description = "Tell how the running scrub stands, or the last one.")
    boolean status;

    @Option(names = "--stop", description = "Stop the running scrub.")
    boolean stop;
  }

  /** What {@code --json} prints. */
  private record Result(ScrubStatus scrub, List<DamageReport> damages) {}

  @Override
  int run() throws IOException {
    if (!place.version().isEmpty()) {
      throw Refusal.usage("\"" + place + "\": a scrub takes the whole store");
    }
    try (Session session = open(place)) {
      if (session.isLocal() && (mode.background || mode.status || mode.stop)) {
        throw Refusal.refused(
            "the store is not mounted: only a daemon scrubs in the background, and without an"
                + " option the scrub runs here");
      }
      StoreControl control = session.control();
      if (mode.stop) {
        control.stopScrub();
      } else if (!mode.status) {
        control.startScrub(rate == null ? 0 : rate.bytes());
        if (!mode.background) {
          await(session);
        }
      }
      return tell(control);
    }
  }

  private void await(Session session) throws IOException {
    StoreControl control = session.control();
    ScrubStatus[] latest = {control.scrubStatus()};
    Thread stop = new Thread(() -> stopAtEnd(session), "stop-scrub");
    Runtime.getRuntime().addShutdownHook(stop);
    try (Progress progress = progress(() -> ScrubText.progress(latest[0]))) {
      while (latest[0].state().isRunning()) {
        Thread.sleep(POLL_MILLIS);
        latest[0] = control.scrubStatus();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      control.stopScrub();
    } finally {
      removeHook(stop);
    }
  }

  /** Ctrl-C ends the scrub as well; the daemon is told by a connection of its own. */
  private void stopAtEnd(Session session) {
    try {
      if (session.isLocal()) {
        session.control().stopScrub();
        return;
      }
      Optional<? extends DaemonControl> daemon = access().daemon(session.location().store());
      if (daemon.isPresent()) {
        try (DaemonControl control = daemon.get()) {
          control.stopScrub();
        }
      }
    } catch (IOException e) {
      spec.commandLine().getErr().println("brindle: the scrub goes on: " + e.getMessage());
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // The process is ending, and the hook does its work.
      return;
    }
  }

  private int tell(StoreControl control) throws IOException {
    List<DamageReport> damages = new ArrayList<>();
    control.scrubDamages(damages::add);
    ScrubStatus status = control.scrubStatus();
    if (!json.print(new Result(status, damages), out())) {
      damages.forEach(damage -> out().println(ScrubText.damage(damage)));
      out().println(ScrubText.summary(status));
    }
    if (status.state() == State.FAILED) {
      return ExitStatus.FAILED;
    }
    if (status.damages() > 0) {
      return ExitStatus.DAMAGED;
    }
    boolean wasWaitedFor = !mode.background && !mode.status && !mode.stop;
    return wasWaitedFor && status.state() == State.STOPPED ? ExitStatus.FAILED : ExitStatus.OK;
  }
}

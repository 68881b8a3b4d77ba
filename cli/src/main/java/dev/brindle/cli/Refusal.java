package dev.brindle.cli;

import dev.brindle.daemon.control.DaemonReport;
import dev.brindle.daemon.control.MountReport;
import dev.brindle.daemon.control.StatusReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A command that cannot be carried out: a sentence for people, and the exit status. */
final class Refusal extends IOException {
  private static final long serialVersionUID = 1;
  private final int exitStatus;

  private Refusal(int exitStatus, String sentence) {
    super(sentence);
    this.exitStatus = exitStatus;
  }

  static Refusal usage(String sentence) {
    return new Refusal(ExitStatus.USAGE, sentence);
  }

  static Refusal missing(String sentence) {
    return new Refusal(ExitStatus.MISSING, sentence);
  }

  static Refusal refused(String sentence) {
    return new Refusal(ExitStatus.REFUSED, sentence);
  }

  static Refusal failed(String sentence) {
    return new Refusal(ExitStatus.FAILED, sentence);
  }

  /** That a store's daemon has it, why, and what to do. */
  static Refusal served(Path store, StatusReport status) {
    List<MountReport> mounts = status.mounts();
    DaemonReport daemon = status.daemon();
    if (daemon == null || mounts.isEmpty()) {
      return refused("the daemon of the store " + store + " is ending; try again in a moment");
    }
    return refused(
        mounts.stream().allMatch(MountReport::detached)
            ? "the store %s is not mounted any more, but files are still open on %s: its daemon ends when they are closed, and at once with: kill %d"
                .formatted(store, mounts.get(0).mountPoint(), daemon.pid())
            : "the store %s is mounted; unmount it first: brindle umount %1$s".formatted(store));
  }

  int exitStatus() {
    return exitStatus;
  }
}

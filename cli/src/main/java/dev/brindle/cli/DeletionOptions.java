package dev.brindle.cli;

import java.io.IOException;
import picocli.CommandLine.Option;

/** How a deletion ends: its space comes back in the background, unless someone waits for it. */
final class DeletionOptions {
  @Option(
      names = "--wait",
      description =
          "Return when the space is back on the host's disk. Otherwise it comes back in the"
              + " background, within two minutes.")
  boolean wait;

  /** A store without a daemon has no background: then the space is freed here. */
  void finish(Session session, Verb verb) throws IOException {
    if (wait || session.isLocal()) {
      verb.out().flush();
      try (Progress progress = verb.progress("Freeing space")) {
        session.control().reclaim();
      }
    }
  }
}

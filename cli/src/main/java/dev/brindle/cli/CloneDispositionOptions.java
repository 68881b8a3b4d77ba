package dev.brindle.cli;

import dev.brindle.store.CloneDisposition;
import picocli.CommandLine.Option;

/** What becomes of the clones of a volume that is deleted. */
final class CloneDispositionOptions {
  @Option(names = "--delete-clones", description = "Delete its clones too, and theirs.")
  boolean delete;

  @Option(
      names = "--detach-clones",
      description = "Let its clones stand on their own: they become volumes at the top.")
  boolean detach;

  CloneDisposition disposition() {
    if (delete) {
      return CloneDisposition.DELETE;
    }
    return detach ? CloneDisposition.DETACH : CloneDisposition.REFUSE;
  }
}

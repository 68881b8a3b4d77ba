package dev.brindle.cli;

import java.io.IOException;

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

  int exitStatus() {
    return exitStatus;
  }
}

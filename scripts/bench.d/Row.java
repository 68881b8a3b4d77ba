import java.io.IOException;

/** One line of the table: a piece of work that is done on every target in turn. */
record Row(
    String name, String what, Unit unit, boolean cold, Step prepare, Measure measure, Step finish) {
  enum Unit {
    MIB_PER_SECOND("MiB/s", true),
    OPERATIONS_PER_SECOND("/s", true),
    SECONDS("s", false);

    final String text;
    final boolean moreIsBetter;

    Unit(String text, boolean moreIsBetter) {
      this.text = text;
      this.moreIsBetter = moreIsBetter;
    }
  }

  /** What must be there before the clock runs, or is taken away when it has stopped. */
  interface Step {
    void run(Target target) throws IOException;
  }

  /** The work. Returns how much was done: MiB, operations; not looked at for seconds. */
  interface Measure {
    double run(Target target) throws IOException;
  }

  Row(String name, String what, Unit unit, Step prepare, Measure measure) {
    this(name, what, unit, false, prepare, measure, target -> {});
  }

  /** The same work with nothing in any cache. */
  Row asCold() {
    return new Row(name, what, unit, true, prepare, measure, finish);
  }

  /** The same work, with something to be taken away after it. */
  Row finishedBy(Step step) {
    return new Row(name, what, unit, cold, prepare, measure, step);
  }
}

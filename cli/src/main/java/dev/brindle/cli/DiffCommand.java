package dev.brindle.cli;

import com.google.gson.stream.JsonWriter;
import dev.brindle.daemon.control.DiffLine;
import dev.brindle.daemon.control.TreeReference;
import dev.brindle.store.Difference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "diff",
    description =
        "Tell what changed from version A to version B; from A to the volume as it is now when B is"
            + " left out. One line a path: M changed, or another file of the same kind in its"
            + " place; + added, - removed, R renamed (OLD -> NEW).",
    customSynopsis = {"brindle diff [-h] [--json] A [B]", "brindle diff [-h] [--json] PLACE A [B]"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  brindle diff ~/brindle@monday                    from the snapshot to now",
      "  brindle diff ~/brindle @monday                   the same",
      "  brindle diff ~/brindle@monday @tuesday           from one snapshot to the next",
      "  brindle diff ~/brindle @monday @tuesday          the same",
      "  brindle diff ~/brindle-store:main@monday :main/test   from a snapshot to a clone",
      "  brindle diff ~/brindle/.snapshots/monday ~/brindle    by paths on a mount"
    })
final class DiffCommand extends Verb {
  @Parameters(
      arity = "1..3",
      paramLabel = "A [B]",
      description = {
        "Versions: STORE[:VOLUME][@SNAPSHOT], or a path on a mount instead of STORE. After the"
            + " first, @SNAPSHOT or :VOLUME[@SNAPSHOT] is enough."
      })
  List<Place> places;

  @Mixin JsonOption json;

  private static final int LINES_BETWEEN_CHECKS = 1024;

  private long lines;

  @Override
  int run() throws IOException {
    try (Session session = open(places.get(0))) {
      List<TreeReference> versions = versions(session);
      try {
        if (json.enabled) {
          printJson(session, versions);
        } else {
          session.control().diff(versions.get(0), versions.get(1), this::printLine);
        }
      } catch (UncheckedIOException e) {
        throw e.getCause();
      } catch (OutputLostException e) {
        // what was in its way is told when all commands' output is looked at
        return ExitStatus.OK;
      }
    }
    return ExitStatus.OK;
  }

  /** What is printed does not get out any more: nobody reads it, or the disk is full. */
  private static final class OutputLostException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private void stopWhenOutputIsLost() {
    if (++lines % LINES_BETWEEN_CHECKS == 0 && out().checkError()) {
      throw new OutputLostException();
    }
  }

  private List<TreeReference> versions(Session session) throws IOException {
    boolean firstIsPlace =
        places.size() == 3
            || (places.size() == 2
                && places.get(0).version().isEmpty()
                && places.get(1).isRelative());
    List<Place> named = firstIsPlace ? places.subList(1, places.size()) : places;
    if (places.size() == 3 && !(named.get(0).isRelative() && named.get(1).isRelative())) {
      throw Refusal.usage(
          "after a place, versions are @SNAPSHOT or :VOLUME[@SNAPSHOT]: \""
              + named.get(0)
              + "\" and \""
              + named.get(1)
              + "\"");
    }
    TreeReference from = session.version(named.get(0));
    TreeReference to =
        named.size() > 1 ? session.version(named.get(1)) : new TreeReference(from.volume(), null);
    if (from.equals(to)) {
      throw Refusal.usage(
          VersionText.of(from.volume(), from.snapshot())
              + " would be compared with itself; name a snapshot: @SNAPSHOT");
    }
    return List.of(from, to);
  }

  private void printLine(DiffLine line) {
    stopWhenOutputIsLost();
    String oldPath = line.oldPath();
    out()
        .println(
            line.kind().symbol()
                + " "
                + (oldPath == null ? "" : NameDisplay.of(oldPath) + " -> ")
                + NameDisplay.of(line.path()));
  }

  private void printJson(Session session, List<TreeReference> versions) throws IOException {
    JsonWriter array = Json.arrayWriter(out());
    array.beginArray();
    Consumer<DiffLine> sink =
        line -> {
          stopWhenOutputIsLost();
          try {
            writeJson(array, line);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    session.control().diff(versions.get(0), versions.get(1), sink);
    array.endArray();
    array.flush();
    out().println();
  }

  private static void writeJson(JsonWriter array, DiffLine line) throws IOException {
    Difference.Kind kind = line.kind();
    array.beginObject();
    array.name("change").value(String.valueOf(kind.symbol()));
    array.name("path").value(line.path());
    array.name("oldPath").value(line.oldPath());
    array.endObject();
  }
}

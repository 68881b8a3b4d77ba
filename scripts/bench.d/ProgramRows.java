import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What people do with a source tree, timed as whole commands. */
final class ProgramRows {
  private static final String TREE = "tree";

  private final Path archive;
  private final Path nothing = Path.of("/dev/null");

  /**
   * @param archive an uncompressed tar with the directory "tree" in it; what it holds is the tree
   */
  ProgramRows(Path archive) {
    this.archive = archive;
  }

  List<Row> rows() {
    if (!Files.exists(archive)) {
      return List.of();
    }
    return List.of(
        time("untar", "unpack a source tree", t -> Trees.remove(t.path(TREE)), this::untar),
        time(
            "find",
            "find, names not cached by the kernel",
            this::unknownTree,
            t -> command(t.mount, nothing, "find", TREE, "-type", "f", "-size", "+1000k")),
        time("grep-cold", "grep -r, cold", this::tree, this::grep).asCold(),
        time("grep-warm", "grep -r, warm", this::treeRead, this::grep),
        time(
            "copy",
            "cp -r",
            this::treeAlone,
            t -> command(t.mount, nothing, "cp", "-r", TREE, "copy")),
        time("git-add", "git add of all", this::repository, t -> git(t, "add", ".")),
        time("git-commit", "git commit", this::justAdded, t -> git(t, "commit", "-q", "-m", "all")),
        time("git-status", "git status", this::added, t -> git(t, "status", "--short")),
        time("remove", "rm -rf", this::tree, t -> command(t.mount, nothing, "rm", "-rf", TREE)));
  }

  private static Row time(String name, String what, Row.Step prepare, Row.Measure measure) {
    return new Row(name, what, Row.Unit.SECONDS, prepare, measure);
  }

  private static double command(Path directory, Path input, String... command) throws IOException {
    Processes.runWithInput(directory, input, command);
    return 1;
  }

  private double untar(Target target) throws IOException {
    return command(target.mount, nothing, "tar", "xf", archive.toString());
  }

  private void tree(Target target) throws IOException {
    if (!Files.exists(target.path(TREE))) {
      untar(target);
    }
  }

  private void unknownTree(Target target) throws IOException {
    tree(target);
    target.forgetNames();
  }

  private void treeRead(Target target) throws IOException {
    tree(target);
    grep(target);
  }

  private void treeAlone(Target target) throws IOException {
    tree(target);
    Trees.remove(target.path("copy"));
  }

  /** The pattern is in no file: then grep's status is 1, which the shell turns around. */
  private double grep(Target target) throws IOException {
    return command(
        target.mount, nothing, "sh", "-c", "! grep -r no-file-has-this-text-in-it " + TREE);
  }

  private void repository(Target target) throws IOException {
    tree(target);
    Trees.remove(target.path(TREE).resolve(".git"));
    git(target, "init", "-q");
  }

  private void justAdded(Target target) throws IOException {
    repository(target);
    git(target, "add", ".");
  }

  private void added(Target target) throws IOException {
    tree(target);
    if (!Files.exists(target.path(TREE).resolve(".git"))) {
      justAdded(target);
    }
  }

  private double git(Target target, String... arguments) throws IOException {
    String[] command = new String[7 + arguments.length];
    List<String> options =
        List.of(
            "git", "-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "gc.auto=0");
    System.arraycopy(options.toArray(), 0, command, 0, 7);
    System.arraycopy(arguments, 0, command, 7, arguments.length);
    return command(target.path(TREE), nothing, command);
  }
}

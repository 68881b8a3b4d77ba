import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/** Many names in one directory: created, looked up, listed, renamed, removed. */
final class MetadataRows {
  private static final int LISTINGS = 10;

  private final int count;

  MetadataRows(boolean full) {
    count = full ? 20_000 : 4_000;
  }

  List<Row> rows() {
    return List.of(
        row(
            "create",
            "create empty files",
            t -> none(t, "files"),
            t -> create(t.path("files"), 0, count, 0)),
        row(
            "create-4k",
            "create files of 4 KiB",
            t -> none(t, "small"),
            t -> create(t.path("small"), 0, count, 4096)),
        row(
            "stat",
            "stat, names not cached by the kernel",
            this::unknownFiles,
            t -> stat(t.path("files"), count)),
        row("readdir", "list a directory, each entry", this::files, this::list),
        row("rename", "rename within a directory", this::files, this::rename),
        row("unlink", "unlink", this::files, this::unlink),
        row("mkdir", "mkdir", t -> none(t, "directories"), this::makeDirectories),
        row("rmdir", "rmdir", this::directories, this::removeDirectories));
  }

  private static Row row(String name, String what, Row.Step prepare, Row.Measure measure) {
    return new Row(name, what, Row.Unit.OPERATIONS_PER_SECOND, prepare, measure);
  }

  /** An empty directory. */
  private static void none(Target target, String name) throws IOException {
    Trees.remove(target.path(name));
    Files.createDirectory(target.path(name));
  }

  private void files(Target target) throws IOException {
    Path directory = target.path("files");
    if (!Files.exists(directory.resolve(name(0)))
        || !Files.exists(directory.resolve(name(count - 1)))) {
      none(target, "files");
      create(directory, 0, count, 0);
    }
  }

  private void unknownFiles(Target target) throws IOException {
    files(target);
    target.forgetNames();
  }

  private void directories(Target target) throws IOException {
    if (!Files.exists(target.path("directories").resolve(name(count - 1)))) {
      none(target, "directories");
      makeDirectories(target);
    }
  }

  static double create(Path directory, int from, int to, int bytes) throws IOException {
    ByteBuffer content = ByteBuffer.allocateDirect(Math.max(bytes, 1));
    for (int i = from; i < to; i++) {
      try (FileChannel channel =
          FileChannel.open(
              directory.resolve(name(i)),
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.WRITE)) {
        if (bytes > 0) {
          channel.write(content.clear());
        }
      }
    }
    return to - from;
  }

  static double stat(Path directory, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Files.readAttributes(
          directory.resolve(name(i)), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
    return count;
  }

  private double list(Target target) throws IOException {
    int entries = 0;
    for (int i = 0; i < LISTINGS; i++) {
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(target.path("files"))) {
        for (Path ignored : stream) {
          entries++;
        }
      }
    }
    if (entries != LISTINGS * count) {
      throw new IOException(
          entries + " entries in " + LISTINGS + " listings of " + target.path("files"));
    }
    return entries;
  }

  private double rename(Target target) throws IOException {
    Path directory = target.path("files");
    for (int i = 0; i < count; i++) {
      Files.move(
          directory.resolve(name(i)),
          directory.resolve("renamed-" + i),
          StandardCopyOption.ATOMIC_MOVE);
    }
    return count;
  }

  /** Under the names of the row before, when that was run. */
  private double unlink(Target target) throws IOException {
    Path directory = target.path("files");
    for (int i = 0; i < count; i++) {
      try {
        Files.delete(directory.resolve(name(i)));
      } catch (NoSuchFileException e) {
        Files.delete(directory.resolve("renamed-" + i));
      }
    }
    return count;
  }

  private double makeDirectories(Target target) throws IOException {
    for (int i = 0; i < count; i++) {
      Files.createDirectory(target.path("directories").resolve(name(i)));
    }
    return count;
  }

  private double removeDirectories(Target target) throws IOException {
    for (int i = 0; i < count; i++) {
      Files.delete(target.path("directories").resolve(name(i)));
    }
    return count;
  }

  static String name(int i) {
    return "file-" + i;
  }
}

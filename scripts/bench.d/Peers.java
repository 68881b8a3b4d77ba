import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The file systems that Brindle is measured beside, by name. */
final class Peers {
  private static final String[] NOTHING = {};

  private final Path work;
  private final String brindleCommand;
  private final long imageBytes;

  /**
   * @param imageBytes how large an image is that holds a file system; it is sparse
   */
  Peers(Path work, String brindleCommand, long imageBytes) {
    this.work = work;
    this.brindleCommand = brindleCommand;
    this.imageBytes = imageBytes;
  }

  Target named(String name) throws IOException {
    String mount = work.resolve(name).toString();
    return switch (name) {
      case "bindfs" -> {
        Path backing = Files.createDirectories(work.resolve("bindfs-backing"));
        yield new Served(name, work, NOTHING, "bindfs", "-f", backing.toString(), mount);
      }
      case "gocryptfs" -> gocryptfs(mount);
      case "ntfs-3g" -> {
        String image = image(name).toString();
        String[] format = {"mkntfs", "-F", "-Q", "-q", image};
        yield new Served(
            name,
            work,
            format,
            "ntfs-3g",
            "-o",
            "no_detach,big_writes,permissions" + forOthers(),
            image,
            mount);
      }
      case "fuse2fs" -> {
        String image = image(name).toString();
        String[] format = {"mkfs.ext4", "-q", "-F", image};
        yield new Served(
            name, work, format, "fuse2fs", "-f", "-o", "rw" + forOthers(), image, mount);
      }
      case "zfs-fuse" -> new ZfsFuse(work, image(name));
      case "btrfs" -> {
        Path image = image(name);
        yield new LoopMounted(name, work, image, "mkfs.btrfs", "-q", image.toString());
      }
      case "xfs" -> {
        Path image = image(name);
        yield new LoopMounted(name, work, image, "mkfs.xfs", "-q", image.toString());
      }
      case "libfuse" ->
          new Brindle("brindle-libfuse", work, brindleCommand, "--transport=libfuse");
      case "unpolled" -> new Brindle("brindle-unpolled", work, brindleCommand, "--poll=0");
      case "alone" -> new Brindle("brindle-alone", work, brindleCommand, "--cache=alone");
      default -> throw new IOException("no peer is called " + name);
    };
  }

  private Target gocryptfs(String mount) throws IOException {
    String backing = Files.createDirectories(work.resolve("gocryptfs-backing")).toString();
    String password =
        Files.writeString(work.resolve("gocryptfs-password"), "not a secret\n").toString();
    String[] format = {
      "gocryptfs", "-init", "-q", "-scryptn", "10", "-passfile", password, backing
    };
    List<String> command = new ArrayList<>(List.of("gocryptfs", "-q", "-fg"));
    if (Processes.ROOT) {
      command.add("-allow_other");
    }
    command.addAll(List.of("-passfile", password, backing, mount));
    return new Served("gocryptfs", work, format, command.toArray(String[]::new));
  }

  /** The option that lets PostgreSQL's user in, whom root needs. */
  private static String forOthers() {
    return Processes.ROOT ? ",allow_other" : "";
  }

  private Path image(String name) throws IOException {
    Path image = work.resolve(name + ".image");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(imageBytes);
    }
    return image;
  }
}

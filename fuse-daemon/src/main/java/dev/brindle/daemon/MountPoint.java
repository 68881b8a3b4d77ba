package dev.brindle.daemon;

import dev.brindle.daemon.host.DeadMount;
import dev.brindle.daemon.host.MountTable;
import dev.brindle.daemon.host.Processes;
import dev.brindle.daemon.host.Unmounter;
import dev.brindle.daemon.transport.MountException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** A directory that is to become a mount point, and everything that may be wrong with it. */
final class MountPoint {
  private final Path path;
  private final Path store;
  private final Unmounter unmounter;
  private boolean created;

  MountPoint(Path path, Path store, Unmounter unmounter) {
    this.path = path;
    this.store = store;
    this.unmounter = unmounter;
  }

  /**
   * Makes sure that the volume can be mounted here: makes the directory when only it is missing,
   * and takes off what a daemon of ours that died has left.
   *
   * @return the directory's real path
   * @throws MountException with a sentence for people
   */
  Path prepare() throws IOException {
    refuseRelative();
    removeDeadMount();
    refuseUnlessDirectory(readOrCreate());
    Path real = path.toRealPath();
    refuseInsideStore(real);
    refuseMounted(real);
    refuseNotEmpty(real);
    return real;
  }

  /**
   * Refuses what {@link #prepare} would refuse, while there is no store yet: so a mistake leaves
   * none. Nothing is made, and nothing taken off.
   *
   * @throws MountException with a sentence for people
   */
  void refuseUnusable() throws IOException {
    refuseRelative();
    if (path.startsWith(store)) {
      throw insideStore();
    }
    if (Files.exists(path)) {
      refuseUnlessDirectory(Files.readAttributes(path, BasicFileAttributes.class));
      Path real = path.toRealPath();
      refuseMounted(real);
      refuseNotEmpty(real);
    } else if (Files.notExists(parent())) {
      throw parentMissing(null);
    }
  }

  private void refuseRelative() throws MountException {
    if (!path.isAbsolute()) {
      throw refused("the mount point " + path + " is not an absolute path");
    }
  }

  private void refuseUnlessDirectory(BasicFileAttributes attributes) throws MountException {
    if (!attributes.isDirectory()) {
      throw refused(
          "the mount point " + path + " is not a directory: name one that is empty, or not there");
    }
  }

  private Path parent() {
    return Objects.requireNonNull(path.getParent(), "the root directory exists");
  }

  private MountException parentMissing(@Nullable Throwable cause) {
    return refused(
        "cannot make the mount point %s: the directory %s does not exist"
            .formatted(path, path.getParent()),
        cause);
  }

  private MountException insideStore() {
    return refused(
        "the mount point " + path + " is inside the store " + store + ": name one outside of it");
  }

  private void removeDeadMount() throws IOException {
    Optional<MountTable.Line> mounted = MountTable.on(path.normalize());
    if (mounted.isEmpty()) {
      return;
    }
    if (DeadMount.ask(path) != DeadMount.Answer.DEAD) {
      throw isMounted(mounted.get());
    }
    if (!mounted.get().isBrindle()) {
      throw refused(
          "%s is mounted on %s and does not answer; unmount it first"
              .formatted(mounted.get().source(), path));
    }
    Logger.warn("{}: its daemon has died; the dead mount is taken off", path);
    unmounter.unmount(path, true);
  }

  private static String reason(FileSystemException e) {
    return e.getReason() == null ? e.toString() : e.getReason();
  }

  /** Removes the directory again when it was made here: the mount has failed. */
  void undo() {
    try {
      if (created) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      Logger.warn("{} was made for a mount that failed, and stays: {}", path, e.toString());
    }
  }

  private BasicFileAttributes readOrCreate() throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      create();
      return Files.readAttributes(path, BasicFileAttributes.class);
    } catch (FileSystemException e) {
      throw refused("cannot use " + path + ": " + reason(e), e);
    }
  }

  private void create() throws IOException {
    try {
      refuseInsideStore(parent().toRealPath());
      Files.createDirectory(path);
      created = true;
      Processes.openToOthers(path);
    } catch (NoSuchFileException e) {
      throw parentMissing(e);
    } catch (FileAlreadyExistsException dangling) {
      throw refused(path + " is a symbolic link to nothing", dangling);
    } catch (FileSystemException failed) {
      throw refused("cannot make the mount point " + path + ": " + reason(failed), failed);
    }
  }

  private static MountException refused(String sentence) {
    return refused(sentence, null);
  }

  private static MountException refused(String sentence, @Nullable Throwable cause) {
    return new MountException(MountException.Kind.MOUNT_POINT, sentence, cause);
  }

  private void refuseInsideStore(Path real) throws IOException {
    if (real.startsWith(store.toRealPath())) {
      throw insideStore();
    }
  }

  private void refuseMounted(Path real) throws IOException {
    Optional<MountTable.Line> mounted = MountTable.on(real);
    if (mounted.isPresent()) {
      throw isMounted(mounted.get());
    }
  }

  private MountException isMounted(MountTable.Line mounted) {
    return refused(
        "%s is a mount point already, of %s: unmount that first, or name another directory"
            .formatted(path, mounted.source()));
  }

  private void refuseNotEmpty(Path real) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(real)) {
      if (entries.iterator().hasNext()) {
        throw refused(
            "the mount point "
                + path
                + " is not empty, and the mount would hide what is in it: name"
                + " an empty directory");
      }
    }
  }
}

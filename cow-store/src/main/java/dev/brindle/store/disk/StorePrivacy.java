package dev.brindle.store.disk;

import com.sun.security.auth.module.UnixSystem;
import dev.brindle.store.StoreNotPrivateException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;

/**
 * That a store is its user's alone. Whoever can write into its directory can put a link there, and
 * have the store's user write wherever it leads, or a socket of his own. Whoever can read it reads
 * past all modes of the files in its volumes. So the directory must have mode 0700 and belong to
 * the process's user, and so must everything in it, none of it a symbolic link, nor a pipe or a
 * device, of which already the opening may never end. A store that is found so stays so: nobody
 * else gets in.
 */
public final class StorePrivacy {
  private static final int OTHERS = 077;
  private static final int OTHERS_WRITE = 022;
  private static final int PERMISSIONS = 0777;

  /** Types of files in their modes: the same numbers on every Unix. */
  private static final int TYPE = 0170000;

  private static final int LINK = 0120000;
  private static final int SOCKET = 0140000;
  private static final int REGULAR = 0100000;
  private static final int DIRECTORY = 0040000;

  private StorePrivacy() {}

  /** What a path itself is; a link is not followed. */
  private record Entry(int owner, int mode, int type) {
    static Entry read(Path path) throws IOException {
      Map<String, Object> found =
          Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
      int mode = (Integer) Objects.requireNonNull(found.get("mode"));
      return new Entry(
          (Integer) Objects.requireNonNull(found.get("uid")), mode & PERMISSIONS, mode & TYPE);
    }
  }

  /** The numeric id of the process's user. */
  static int user() {
    return (int) new UnixSystem().getUid();
  }

  /**
   * Verifies a store that is to be opened.
   *
   * @throws StoreNotPrivateException it is not the user's alone
   */
  public static void verify(Path directory) throws IOException {
    verifyOwner(directory);
    Entry found = Entry.read(directory.toRealPath());
    int owner = found.owner;
    int mode = found.mode;
    if ((mode & OTHERS) != 0) {
      throw new StoreNotPrivateException(
          ("others than its owner can get into the store %s (mode %04o); if nobody has, close it:"
                  + " chmod 700 %s")
              .formatted(directory, mode, directory));
    }
    verifyEntries(directory, owner);
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(directory, entry -> Files.isDirectory(entry))) {
      for (Path entry : entries) {
        verifyEntries(entry, owner);
      }
    }
  }

  /**
   * Verifies whose a directory is that is, or is to become, a store.
   *
   * @throws StoreNotPrivateException it is another user's
   */
  public static void verifyOwner(Path directory) throws IOException {
    if (Entry.read(directory.toRealPath()).owner != user()) {
      throw new StoreNotPrivateException(
          "the store %s belongs to the user %s; only he can open it"
              .formatted(directory, Files.getOwner(directory)));
    }
  }

  private static void verifyEntries(Path directory, int owner) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        verifyEntry(entry, owner);
      }
    }
  }

  private static void verifyEntry(Path entry, int owner) throws IOException {
    Entry found;
    try {
      found = Entry.read(entry);
    } catch (java.nio.file.NoSuchFileException e) {
      // A daemon that is at work removes files.
      return;
    }
    verifyType(entry, found.type);
    if (found.owner != owner) {
      throw new StoreNotPrivateException(
          "%s belongs to the user with the number %d and not to the store's; if its content is sound:"
                  .formatted(entry, found.owner)
              + " chown %d %s".formatted(owner, entry));
    }
    if ((found.mode & OTHERS_WRITE) != 0) {
      throw new StoreNotPrivateException(
          "others can write to %s (mode %04o); if nobody has: chmod go-w %s"
              .formatted(entry, found.mode, entry));
    }
  }

  private static void verifyType(Path entry, int type) throws StoreNotPrivateException {
    switch (type) {
      case REGULAR, DIRECTORY, SOCKET -> {}
      case LINK ->
          throw new StoreNotPrivateException(
              "%s is a symbolic link, which no store has; if it is not yours, somebody wants to have"
                      .formatted(entry)
                  + " you write elsewhere. Remove it, or put there what it leads to");
      default ->
          throw new StoreNotPrivateException(
              "%s is a pipe or a device, which no store has; remove it".formatted(entry));
    }
  }

  /**
   * Verifies a file of a store that is to be trusted without opening the store: the control socket,
   * or what says where it is.
   *
   * @throws StoreNotPrivateException the directory is not its owner's alone, or the file is not his
   */
  public static void verifyFile(Path directory, Path file) throws IOException {
    Entry found = Entry.read(directory.toRealPath());
    if ((found.mode & OTHERS_WRITE) != 0) {
      throw new StoreNotPrivateException(
          ("others than its owner can write into the store %s (mode %04o); if nobody has, close it:"
                  + " chmod 700 %s")
              .formatted(directory, found.mode, directory));
    }
    verifyEntry(file, found.owner);
  }

  /** Makes a directory of the user's private that is to become a store. */
  public static void close(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    verify(directory);
  }
}

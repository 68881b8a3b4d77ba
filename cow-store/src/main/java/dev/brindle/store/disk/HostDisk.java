package dev.brindle.store.disk;

import dev.brindle.store.FirstFailure;
import dev.brindle.store.StoreLockedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The files of a store in a directory of the host's file system. */
public final class HostDisk implements Disk {
  private final Path directory;
  private final FileStore fileStore;
  private final Set<HostFile> openFiles = ConcurrentHashMap.newKeySet();

  /**
   * @param directory the store's directory; must exist
   */
  public HostDisk(Path directory) throws IOException {
    this.directory = directory.toRealPath();
    this.fileStore = Files.getFileStore(this.directory);
  }

  /**
   * Takes the store for this process. The lock goes away with the process, however it ends; the
   * file it leaves behind is in nobody's way.
   *
   * @param holder who takes it, for the message that others get
   * @throws StoreLockedException another process, or another part of this one, has it
   */
  public StoreLock lock(String holder) throws IOException {
    return StoreLock.take(directory, holder, true);
  }

  /** As {@link #lock}, for one who changes nothing. */
  public StoreLock lockToLook(String holder) throws IOException {
    return StoreLock.take(directory, holder, false);
  }

  @Override
  public DiskFile open(String name, OpenMode mode) throws IOException {
    Path path = path(name);
    try {
      HostFile file = HostFile.open(name, path, mode, openFiles::remove);
      openFiles.add(file);
      return file;
    } catch (IOException e) {
      throw HostErrors.translated(name, e);
    }
  }

  @Override
  public boolean exists(String name) throws IOException {
    try {
      Files.readAttributes(path(name), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw HostErrors.translated(name, e);
    }
  }

  @Override
  public List<String> list(String name) throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> entries = Files.list(path(name))) {
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
    }
    Collections.sort(names);
    return names;
  }

  @Override
  public void createDirectory(String name) throws IOException {
    Path path = path(name);
    try {
      Files.createDirectory(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
    } catch (IOException e) {
      throw HostErrors.translated(name, e);
    }
  }

  @Override
  public void delete(String name) throws IOException {
    Files.delete(path(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Path source = path(from);
    Path target = path(to);
    try {
      Files.move(
          source, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw HostErrors.translated(to, e);
    }
    openFiles.forEach(file -> file.renamed(source, target));
  }

  @Override
  public void syncDirectory(String name) throws IOException {
    // A channel of its own, so an interrupt costs no one else; a second attempt is as good.
    Interrupts.retrying(
        () -> {
          try (FileChannel channel = FileChannel.open(path(name), StandardOpenOption.READ)) {
            channel.force(true);
          }
        });
  }

  @Override
  public long freeBytes() throws IOException {
    return fileStore.getUsableSpace();
  }

  @Override
  public long totalBytes() throws IOException {
    return fileStore.getTotalSpace();
  }

  /** Closes every file that is still open. */
  @Override
  public void close() throws IOException {
    FirstFailure failures = new FirstFailure();
    for (HostFile file : openFiles) {
      try {
        file.close();
      } catch (IOException e) {
        failures.note(e);
      }
    }
    failures.throwIfAny();
  }

  @Override
  public String toString() {
    return directory.toString();
  }

  private Path path(String name) {
    Path path = directory.resolve(name).normalize();
    if (!path.startsWith(directory)) {
      throw new IllegalArgumentException("outside the store's directory: " + name);
    }
    return path;
  }
}

package dev.brindle.store.disk;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A disk that shows another one and leaves it as it is: what is written, made, renamed and deleted
 * is so in memory, until this is closed. For who has to bring a store's files to a state that he
 * can look at, and must not change them. Takes as much memory as there are bytes that differ, in
 * pages.
 */
public final class OverlayDisk implements Disk {
  private final Disk below;

  /** What is open, or differs from the disk below, by name. */
  @GuardedBy("this")
  private final Map<String, OverlayFile> files = new HashMap<>();

  @GuardedBy("this")
  private final Set<String> directories = new HashSet<>();

  /** Names that only the disk below still has. */
  @GuardedBy("this")
  private final Set<String> gone = new HashSet<>();

  public OverlayDisk(Disk below) {
    this.below = below;
  }

  @Override
  public synchronized DiskFile open(String name, OpenMode mode) throws IOException {
    if (mode == OpenMode.CREATE) {
      if (exists(name)) {
        throw new FileAlreadyExistsException(name);
      }
      files.put(name, new OverlayFile(name));
    }
    OverlayFile file = file(name);
    file.handles++;
    return new Handle(file);
  }

  @GuardedBy("this")
  private OverlayFile file(String name) throws IOException {
    OverlayFile file = files.get(name);
    if (file == null) {
      if (gone.contains(name)) {
        throw new NoSuchFileException(name);
      }
      file = new OverlayFile(below.open(name, OpenMode.READ));
      files.put(name, file);
    }
    return file;
  }

  /** A file that is as it was below, and open no more, is opened there anew the next time. */
  private synchronized void release(OverlayFile file) throws IOException {
    file.handles--;
    if (file.handles == 0 && !file.isChanged()) {
      files.remove(file.name(), file);
      file.close();
    }
  }

  @Override
  public synchronized boolean exists(String name) throws IOException {
    return files.containsKey(name)
        || directories.contains(name)
        || (!gone.contains(name) && below.exists(name));
  }

  private synchronized boolean isGone(String name) {
    return gone.contains(name);
  }

  @Override
  public synchronized List<String> list(String directory) throws IOException {
    String prefix = directory.isEmpty() ? "" : directory + "/";
    Set<String> names = new TreeSet<>();
    if (below.exists(directory)) {
      names.addAll(below.list(directory));
      names.removeIf(name -> isGone(prefix + name));
    }
    for (Set<String> made : List.of(files.keySet(), directories)) {
      made.stream()
          .filter(name -> name.startsWith(prefix))
          .map(name -> name.substring(prefix.length()))
          .filter(name -> !name.contains("/"))
          .forEach(names::add);
    }
    return List.copyOf(names);
  }

  @Override
  public synchronized void createDirectory(String name) throws IOException {
    if (!exists(name)) {
      directories.add(name);
    }
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    if (!exists(name)) {
      throw new NoSuchFileException(name);
    }
    files.remove(name);
    gone.add(name);
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    OverlayFile file = file(from);
    delete(from);
    file.rename(to);
    files.put(to, file);
  }

  @Override
  public void syncDirectory(String name) {}

  @Override
  public long freeBytes() throws IOException {
    return below.freeBytes();
  }

  @Override
  public long totalBytes() throws IOException {
    return below.totalBytes();
  }

  /** Forgets everything, and closes the disk below. */
  @Override
  public void close() throws IOException {
    below.close();
  }

  @Override
  public String toString() {
    return below.toString();
  }

  private final class Handle extends ForwardingDisk.ForwardingFile {
    private final OverlayFile file;
    private final AtomicBoolean closed = new AtomicBoolean();

    Handle(OverlayFile file) {
      super(file);
      this.file = file;
    }

    @Override
    public void close() throws IOException {
      if (closed.compareAndSet(false, true)) {
        release(file);
      }
    }
  }
}

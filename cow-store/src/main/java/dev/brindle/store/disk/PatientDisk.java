package dev.brindle.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A disk whose reads are tried again when the host says EIO: what a loose cable or a path that was
 * switched over did to one read must not pass for damage. What stays unreadable is told as the host
 * said it. Writes and syncs are never repeated: after one has failed, nobody knows what is there.
 */
public final class PatientDisk implements Disk {
  private static final int ATTEMPTS = 3;
  private static final long PAUSE_MILLIS = 20;

  private final Disk disk;

  public PatientDisk(Disk disk) {
    this.disk = disk;
  }

  @Override
  public DiskFile open(String name, OpenMode mode) throws IOException {
    return new PatientFile(disk.open(name, mode));
  }

  @Override
  public boolean exists(String name) throws IOException {
    return disk.exists(name);
  }

  @Override
  public List<String> list(String directory) throws IOException {
    return disk.list(directory);
  }

  @Override
  public void createDirectory(String name) throws IOException {
    disk.createDirectory(name);
  }

  @Override
  public void delete(String name) throws IOException {
    disk.delete(name);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    disk.rename(from, to);
  }

  @Override
  public void syncDirectory(String name) throws IOException {
    disk.syncDirectory(name);
  }

  @Override
  public long freeBytes() throws IOException {
    return disk.freeBytes();
  }

  @Override
  public long totalBytes() throws IOException {
    return disk.totalBytes();
  }

  @Override
  public void close() throws IOException {
    disk.close();
  }

  @Override
  public String toString() {
    return disk.toString();
  }

  private record PatientFile(DiskFile file) implements DiskFile {
    @Override
    public String name() {
      return file.name();
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
      int start = target.position();
      for (int attempt = 1; ; attempt++) {
        try {
          return file.read(offset, target);
        } catch (IOException e) {
          if (attempt == ATTEMPTS || !HostErrors.isInputOutput(e) || !pause(attempt)) {
            throw e;
          }
          target.position(start);
        }
      }
    }

    /** Returns false when the thread is to stop. */
    private static boolean pause(int attempt) {
      try {
        Thread.sleep(attempt * PAUSE_MILLIS);
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
      file.write(offset, source);
    }

    @Override
    public void sync() throws IOException {
      file.sync();
    }

    @Override
    public void allocate(long offset, long length) throws IOException {
      file.allocate(offset, length);
    }

    @Override
    public long length() throws IOException {
      return file.length();
    }

    @Override
    public void truncate(long length) throws IOException {
      file.truncate(length);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}

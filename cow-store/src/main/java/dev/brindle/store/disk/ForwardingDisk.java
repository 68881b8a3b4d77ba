package dev.brindle.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A disk that hands everything on to another one; what derives from it says what it does itself.
 */
public abstract class ForwardingDisk implements Disk {
  private final Disk disk;

  protected ForwardingDisk(Disk disk) {
    this.disk = disk;
  }

  /** What is handed out for a file of the other disk. */
  protected abstract DiskFile forwarding(DiskFile file);

  @Override
  public final DiskFile open(String name, OpenMode mode) throws IOException {
    return forwarding(disk.open(name, mode));
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

  /** A file of such a disk. */
  protected abstract static class ForwardingFile implements DiskFile {
    private final DiskFile file;

    protected ForwardingFile(DiskFile file) {
      this.file = file;
    }

    @Override
    public String name() {
      return file.name();
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
      return file.read(offset, target);
    }

    @Override
    public void startRead(long offset, long length) {
      file.startRead(offset, length);
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
    public void startWriteBack(long offset, long length) {
      file.startWriteBack(offset, length);
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

package dev.brindle.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A disk that can be told to stop taking writes and syncs: who asks for one waits. */
public final class StallingDisk implements Disk {
  private final Disk disk;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition goesOn = lock.newCondition();
  private boolean stalled;
  private int waiting;

  public StallingDisk(Disk disk) {
    this.disk = disk;
  }

  public void stall() {
    lock.lock();
    stalled = true;
    lock.unlock();
  }

  public void goOn() {
    lock.lock();
    stalled = false;
    goesOn.signalAll();
    lock.unlock();
  }

  /** How many threads wait for the disk. */
  public int waiting() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  private void await() {
    lock.lock();
    try {
      waiting++;
      while (stalled) {
        goesOn.awaitUninterruptibly();
      }
      waiting--;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public DiskFile open(String name, OpenMode mode) throws IOException {
    return new StallingFile(disk.open(name, mode));
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
    await();
    disk.delete(name);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    await();
    disk.rename(from, to);
  }

  @Override
  public void syncDirectory(String name) throws IOException {
    await();
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

  private final class StallingFile implements DiskFile {
    private final DiskFile file;

    StallingFile(DiskFile file) {
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
    public void write(long offset, ByteBuffer source) throws IOException {
      await();
      file.write(offset, source);
    }

    @Override
    public void sync() throws IOException {
      await();
      file.sync();
    }

    @Override
    public void allocate(long offset, long length) throws IOException {
      await();
      file.allocate(offset, length);
    }

    @Override
    public long length() throws IOException {
      return file.length();
    }

    @Override
    public void truncate(long length) throws IOException {
      await();
      file.truncate(length);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}

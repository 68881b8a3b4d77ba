package dev.brindle.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A disk that can be told to stop taking writes and syncs: who asks for one waits. */
public final class StallingDisk extends ForwardingDisk {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition goesOn = lock.newCondition();
  private boolean stalled;
  private int waiting;

  public StallingDisk(Disk disk) {
    super(disk);
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
  public void delete(String name) throws IOException {
    await();
    super.delete(name);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    await();
    super.rename(from, to);
  }

  @Override
  public void syncDirectory(String name) throws IOException {
    await();
    super.syncDirectory(name);
  }

  @Override
  protected DiskFile forwarding(DiskFile file) {
    return new StallingFile(file);
  }

  private final class StallingFile extends ForwardingFile {
    StallingFile(DiskFile file) {
      super(file);
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
      await();
      super.write(offset, source);
    }

    @Override
    public void sync() throws IOException {
      await();
      super.sync();
    }

    @Override
    public void allocate(long offset, long length) throws IOException {
      await();
      super.allocate(offset, length);
    }

    @Override
    public void truncate(long length) throws IOException {
      await();
      super.truncate(length);
    }
  }
}

package dev.brindle.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** A disk that counts what is read from it, by any thread. */
public final class CountingDisk extends ForwardingDisk {
  private final AtomicLong bytesRead = new AtomicLong();

  public CountingDisk(Disk disk) {
    super(disk);
  }

  public long bytesRead() {
    return bytesRead.get();
  }

  @Override
  protected DiskFile forwarding(DiskFile file) {
    return new ForwardingFile(file) {
      @Override
      public int read(long offset, ByteBuffer target) throws IOException {
        int bytes = super.read(offset, target);
        bytesRead.addAndGet(Math.max(0, bytes));
        return bytes;
      }
    };
  }
}

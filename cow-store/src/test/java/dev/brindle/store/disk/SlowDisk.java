package dev.brindle.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/** A disk that takes 64 MiB a second. */
public final class SlowDisk extends ForwardingDisk {
  private static final int NANOS_PER_BYTE = 16;

  public SlowDisk(Disk disk) {
    super(disk);
  }

  @Override
  protected DiskFile forwarding(DiskFile file) {
    return new ForwardingFile(file) {
      @Override
      public void write(long offset, ByteBuffer source) throws IOException {
        LockSupport.parkNanos((long) source.remaining() * NANOS_PER_BYTE);
        super.write(offset, source);
      }
    };
  }
}

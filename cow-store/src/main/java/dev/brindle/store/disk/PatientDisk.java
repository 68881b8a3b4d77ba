package dev.brindle.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A disk whose reads are tried again when the host says EIO: what a loose cable or a path that was
 * switched over did to one read must not pass for damage. What stays unreadable is told as the host
 * said it. Writes and syncs are never repeated: after one has failed, nobody knows what is there.
 */
public final class PatientDisk extends ForwardingDisk {
  private static final int ATTEMPTS = 3;
  private static final long PAUSE_MILLIS = 20;

  public PatientDisk(Disk disk) {
    super(disk);
  }

  @Override
  protected DiskFile forwarding(DiskFile file) {
    return new PatientFile(file);
  }

  private static final class PatientFile extends ForwardingFile {
    PatientFile(DiskFile file) {
      super(file);
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
      int start = target.position();
      for (int attempt = 1; ; attempt++) {
        try {
          return super.read(offset, target);
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
  }
}

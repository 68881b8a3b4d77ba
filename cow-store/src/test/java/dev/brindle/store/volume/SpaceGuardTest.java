package dev.brindle.store.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.ForwardingDisk;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class SpaceGuardTest {
  private static final long MIB = 1 << 20;
  private static final long SEGMENT_BYTES = 32 * MIB;
  private static final long FREE_BYTES = 512 * MIB;

  private long free = FREE_BYTES;
  private long waiting;
  private final SpaceGuard guard =
      new SpaceGuard(new FilledDisk(), () -> waiting, () -> 0, SEGMENT_BYTES, () -> {});

  /** As a disk does that is faster than the host is asked: nothing waits any more. */
  @Test
  void admittedAndWrittenAtOnce_leavesTheReserve() throws IOException {
    long admitted = 0;
    while (admits()) {
      free -= MIB;
      admitted += MIB;
    }
    assertTrue(free >= SEGMENT_BYTES, free + " bytes are left");
    assertTrue(admitted >= FREE_BYTES * 3 / 4, admitted + " bytes were admitted");
  }

  @Test
  void admittedAndWaiting_countsOnce() throws IOException {
    long admitted = 0;
    while (admits()) {
      waiting += MIB;
      admitted += MIB;
    }
    assertTrue(free - waiting >= SEGMENT_BYTES, waiting + " bytes wait");
    assertTrue(admitted >= FREE_BYTES * 3 / 4, admitted + " bytes were admitted");
  }

  @Test
  void spaceThatCameBack_isAdmittedAtOnce() throws IOException {
    while (admits()) {
      free -= MIB;
    }
    free += 64 * MIB;
    for (int i = 0; i < 60; i++) {
      assertTrue(admits(), "MiB " + i);
      free -= MIB;
    }
  }

  private boolean admits() throws IOException {
    if (free < 0) {
      return false;
    }
    try {
      guard.admit(MIB);
      return true;
    } catch (FileSystemException e) {
      assertEquals(Errno.ENOSPC, e.errno());
      return false;
    }
  }

  private final class FilledDisk extends ForwardingDisk {
    FilledDisk() {
      super(new FaultyDisk());
    }

    @Override
    public long freeBytes() {
      return free;
    }

    @Override
    public long totalBytes() {
      return FREE_BYTES;
    }

    @Override
    protected DiskFile forwarding(DiskFile file) {
      return file;
    }
  }
}

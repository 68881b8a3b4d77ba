package dev.brindle.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LastCloseTest {
  private int attempts;

  @Test
  void deletion_ofWhatIsReleasedMeanwhile_works() throws IOException {
    LastClose.await(
        () -> {
          attempts++;
          if (attempts < 2) {
            throw new FileSystemException(Errno.EBUSY);
          }
        });
    assertEquals(2, attempts);
  }

  @Test
  void deletion_ofWhatStaysOpen_isRefused() {
    assertRefused(Errno.EBUSY);
  }

  @Test
  void deletion_refusedForAnotherReason_isNotRepeated() {
    assertRefused(Errno.ENOENT);
    assertEquals(1, attempts);
  }

  private void assertRefused(Errno errno) {
    FileSystemException refused =
        assertThrows(
            FileSystemException.class,
            () ->
                LastClose.await(
                    () -> {
                      attempts++;
                      throw new FileSystemException(errno);
                    }));
    assertEquals(errno, refused.errno());
  }
}

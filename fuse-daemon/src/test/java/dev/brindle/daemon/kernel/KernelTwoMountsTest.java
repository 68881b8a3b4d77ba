package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.Shell;
import dev.brindle.daemon.TwoMountsContract;
import dev.brindle.daemon.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Two mounts of one file system, through the kernel transport. */
class KernelTwoMountsTest extends TwoMountsContract {
  @Override
  protected Transport transport() {
    return KernelTransport.create(100);
  }

  @Test
  void content_thatAnotherMountWrites_isSeenInAnOpenFile() throws Exception {
    Shell.ok(one, "head -c 10000 /dev/zero | tr '\\0' a > f");
    try (FileChannel open = FileChannel.open(one.resolve("f"))) {
      assertEquals('a', byteAt(open, 9_999));
      Shell.ok(other, "printf b | dd of=f bs=1 seek=9999 conv=notrunc 2>/dev/null");
      awaitByte(open, 9_999, 'b');
    }
  }

  /** The kernel has put the bytes where it took the end for. */
  @RepeatedTest(5)
  void append_thatGoesBehindWhatAnotherMountAppended_leavesNothingInItsPlace() throws Exception {
    Files.writeString(one.resolve("f"), "aaa");
    try (FileChannel reader = FileChannel.open(one.resolve("f"));
        FileChannel appender = FileChannel.open(one.resolve("f"), StandardOpenOption.APPEND)) {
      assertEquals('a', byteAt(reader, 2));
      Shell.ok(other, "printf bbb >> f");
      // the pages go, and the kernel has no reason yet to ask for the size
      Thread.sleep(200);
      assertEquals('a', byteAt(reader, 2));
      appender.write(ByteBuffer.wrap("ccc".getBytes(StandardCharsets.US_ASCII)));
      // the write waits only for a moment until the kernel is told
      awaitByte(reader, 3, 'b');
      awaitByte(reader, 6, 'c');
    }
    assertEquals("aaabbbccc", Files.readString(one.resolve("f")));
  }

  @Test
  void listing_fromItsBeginning_soonHasWhatAnotherMountMade() throws Exception {
    Shell.ok(one, "mkdir d; for i in $(seq 100); do : > d/f$i; done; ls d; ls d");
    String script =
        "opendir(D, 'd'); my @before = readdir D; system(\": > ../other/d/new\");"
            + " for (1 .. 3000) { rewinddir D; exit 0 if grep { $_ eq 'new' } readdir D;"
            + " select(undef, undef, undef, 0.01); } exit 1";
    Shell.ok(one, "perl -e \"" + script.replace("\"", "\\\"").replace("$", "\\$") + "\"");
  }

  private static void awaitByte(FileChannel file, long offset, char expected) throws IOException {
    long deadline = System.nanoTime() + SOON_NANOS;
    while (byteAt(file, offset) != expected) {
      assertTrue(System.nanoTime() < deadline, "the old byte is still there");
    }
  }

  /** 0 behind the end. */
  private static char byteAt(FileChannel file, long offset) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(1);
    file.read(target, offset);
    return (char) target.get(0);
  }
}

package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.brindle.daemon.MemoryFileSystem;
import dev.brindle.daemon.kernel.Wire.InHeader;
import dev.brindle.daemon.kernel.Wire.IoctlIn;
import dev.brindle.daemon.kernel.Wire.OutHeader;
import dev.brindle.daemon.serve.NativeBuffer;
import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.namespace.Caller;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.InodeFlags;
import dev.brindle.store.Name;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may set an inode's flags where the kernel hands the question on; a pipe plays it. */
class FlagOperationsTest {
  private static final int SET_FLAGS = 0x40086602;
  private static final int APPEND_ONLY = 0x20;
  private static final int NO_DUMP = 0x40;
  private static final int OWNER = 1000;
  private static final int STRANGER = 1001;

  private final MemoryFileSystem files = new MemoryFileSystem();
  private final NativeBuffer pipe = new NativeBuffer(2 * Integer.BYTES);
  private Device reading;
  private Device writing;
  private Device answers;
  private Served served;
  private long node;

  @BeforeEach
  void open() throws IOException {
    Native.check(Native.LIBC.pipe(pipe.address()), "pipe");
    reading = new Device(pipe.bytes().getInt(0));
    writing = new Device(pipe.bytes().getInt(Integer.BYTES));
    answers = new Device(Native.open("/dev/null", Native.O_RDWR));
    served = new Served(files, CachingOptions.defaults(), new Notifier(answers, true));
    Caller owner = new Caller(OWNER, OWNER, 1);
    node = files.mknod(owner, 1, Name.of("f"), FileMode.REGULAR | 0644, 0).node();
  }

  @AfterEach
  void close() {
    reading.close();
    writing.close();
    answers.close();
  }

  private void set(boolean kernelChecks, int uid, int flags) throws IOException {
    NativeBuffer message = new NativeBuffer(InHeader.BYTES + IoctlIn.BYTES + Integer.BYTES);
    message.bytes().putInt(InHeader.LENGTH, message.size());
    message.bytes().putInt(InHeader.OPCODE, Opcode.IOCTL);
    message.bytes().putLong(InHeader.NODE, node);
    message.bytes().putInt(InHeader.UID, uid);
    message.bytes().putInt(InHeader.BYTES + IoctlIn.COMMAND, SET_FLAGS);
    message.bytes().putInt(InHeader.BYTES + IoctlIn.BYTES, flags);
    assertEquals(0, writing.send(message.address(), message.size()));
    Request request = new Request(new NativeBuffer(8192));
    request.receive(reading);
    Answer answer = new Answer(new NativeBuffer(OutHeader.BYTES + 8192));
    answer.begin(answers, 1);
    new FlagOperations(served, kernelChecks).ioctl(request, answer);
  }

  private void refused(int uid, int flags) {
    FileSystemException refused =
        assertThrows(FileSystemException.class, () -> set(false, uid, flags));
    assertEquals(Errno.EPERM, refused.errno());
  }

  private int flags() throws IOException {
    return files.getattr(node).attributes().flags();
  }

  @Test
  void set_onKernelsThatCheckNothing_isTheOwnersAndRoots() throws IOException {
    refused(STRANGER, NO_DUMP);
    refused(OWNER, APPEND_ONLY);
    assertEquals(0, flags());
    set(false, OWNER, NO_DUMP);
    assertEquals(InodeFlags.NO_DUMP, flags());
    set(false, 0, APPEND_ONLY);
    refused(OWNER, 0);
    assertEquals(InodeFlags.APPEND_ONLY, flags());
  }

  @Test
  void set_onKernelsThatCheck_isBelieved() throws IOException {
    set(true, STRANGER, NO_DUMP);
    assertEquals(InodeFlags.NO_DUMP, flags());
  }
}

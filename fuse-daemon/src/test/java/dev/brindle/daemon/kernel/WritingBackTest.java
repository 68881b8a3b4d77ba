package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.MemoryFileSystem;
import dev.brindle.daemon.kernel.Wire.InHeader;
import dev.brindle.daemon.kernel.Wire.LseekIn;
import dev.brindle.daemon.kernel.Wire.LseekOut;
import dev.brindle.daemon.kernel.Wire.OutHeader;
import dev.brindle.daemon.kernel.Wire.RenameIn;
import dev.brindle.daemon.serve.NativeBuffer;
import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.namespace.Caller;
import dev.brindle.store.AttributeChange;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many wait for the kernel to hand on pages, which is a pipe here that takes nothing more. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WritingBackTest {
  private static final int WAITING_MAX = 16;
  private static final int PIPE_BYTES = 65_536;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final long SIZE = 1 << 20;

  private final MemoryFileSystem files = new MemoryFileSystem();
  private final ExecutorService threads = Executors.newFixedThreadPool(WAITING_MAX);
  private Device kernel;
  private Device filled;
  private Device requests;
  private Device sent;
  private Device answers;
  private Served served;
  private long node;

  @BeforeEach
  void fill() throws IOException {
    NativeBuffer pipe = new NativeBuffer(2 * Integer.BYTES);
    Native.check(Native.LIBC.pipe(pipe.address()), "pipe");
    kernel = new Device(pipe.bytes().getInt(0));
    filled = new Device(pipe.bytes().getInt(Integer.BYTES));
    Native.check(Native.LIBC.pipe(pipe.address()), "pipe");
    requests = new Device(pipe.bytes().getInt(0));
    sent = new Device(pipe.bytes().getInt(Integer.BYTES));
    answers = new Device(Native.open("/dev/null", Native.O_RDWR));
    served =
        new Served(files, CachingOptions.lasting().withWrites(true), new Notifier(filled, true));
    node = files.mknod(Caller.ROOT, 1, Name.of("f"), FileMode.REGULAR | 0644, 0).node();
    files.setattr(Caller.ROOT, node, AttributeChange.ofSize(SIZE));
    served.writableHandles().opened(1, node);
    NativeBuffer bytes = new NativeBuffer(PIPE_BYTES);
    assertEquals(0, filled.send(bytes.address(), bytes.size()));
    for (int i = 0; i < WAITING_MAX; i++) {
      threads.submit(() -> served.writeBack(node));
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (served.waitingForPages() < WAITING_MAX && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
  }

  @AfterEach
  void drain() throws Exception {
    threads.shutdown();
    Thread drain = new Thread(this::receiveAll);
    drain.start();
    assertTrue(threads.awaitTermination(30, TimeUnit.SECONDS));
    filled.close();
    drain.join();
    for (Device device : new Device[] {kernel, requests, sent, answers}) {
      device.close();
    }
  }

  private void receiveAll() {
    NativeBuffer buffer = new NativeBuffer(PIPE_BYTES);
    try {
      while (kernel.receive(buffer) != Device.END) {}
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Request request(int opcode, long of, int bodyBytes, byte[] body) throws IOException {
    NativeBuffer message = new NativeBuffer(InHeader.BYTES + bodyBytes + body.length);
    message.bytes().putInt(InHeader.LENGTH, message.size());
    message.bytes().putInt(InHeader.OPCODE, opcode);
    message.bytes().putLong(InHeader.NODE, of);
    message.bytes().put(InHeader.BYTES + bodyBytes, body);
    assertEquals(0, sent.send(message.address(), message.size()));
    Request request = new Request(new NativeBuffer(8192));
    request.receive(requests);
    return request;
  }

  private Answer answer() {
    Answer answer = new Answer(new NativeBuffer(OutHeader.BYTES + 8192));
    answer.begin(answers, 1);
    return answer;
  }

  private static byte[] seek(long offset, int whence) {
    return java.nio.ByteBuffer.allocate(LseekIn.BYTES)
        .order(java.nio.ByteOrder.nativeOrder())
        .putLong(LseekIn.HANDLE, 1)
        .putLong(LseekIn.OFFSET, offset)
        .putInt(LseekIn.WHENCE, whence)
        .array();
  }

  private long found(long offset, int whence) throws IOException {
    Replies replies = new Replies(served);
    Privileges privileges = new Privileges(files, served.notifier());
    Answer answer = answer();
    new FileOperations(served, replies, privileges)
        .lseek(request(Opcode.LSEEK, node, 0, seek(offset, whence)), answer);
    return answer.getU64(LseekOut.OFFSET);
  }

  /** One more would leave nobody to take the pages. */
  @Test
  void more_doNotWait_andTakeAllForDataOrAreRefused() throws IOException {
    assertFalse(served.writeBack(node));
    assertEquals(4_096, found(4_096, SEEK_DATA));
    assertEquals(SIZE, found(4_096, SEEK_HOLE));
    for (int whence : new int[] {SEEK_DATA, SEEK_HOLE}) {
      FileSystemException behind =
          assertThrows(FileSystemException.class, () -> found(SIZE, whence));
      assertEquals(Errno.ENXIO, behind.errno());
    }
    FileSystemException busy =
        assertThrows(FileSystemException.class, () -> served.requireWriteBack(node));
    assertEquals(Errno.EBUSY, busy.errno());
  }

  @Test
  void rename_thatCannotHaveTheDataFirst_isRefused() throws IOException {
    Request rename = request(Opcode.RENAME, 1, RenameIn.BYTES, new byte[] {'f', 0, 'g', 0});
    FileSystemException busy =
        assertThrows(
            FileSystemException.class,
            () -> new NameOperations(served, new Replies(served)).rename(rename, answer()));
    assertEquals(Errno.EBUSY, busy.errno());
    assertEquals(node, files.lookup(1, Name.of("f")).node());
  }

  @Test
  void fileThatNobodyWrites_isNotWaitedFor() throws IOException {
    served.writableHandles().released(1);
    assertTrue(served.writeBack(node));
  }
}

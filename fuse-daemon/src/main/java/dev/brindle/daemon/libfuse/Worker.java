package dev.brindle.daemon.libfuse;

import com.kenai.jffi.MemoryIO;
import dev.brindle.daemon.serve.NativeBuffer;
import dev.brindle.daemon.serve.RemovedNodes;
import dev.brindle.namespace.Caller;
import java.nio.ByteBuffer;

/**
 * A thread that receives requests and answers them, one at a time, with the memory it needs for
 * that. Callbacks run on it, inside the call that handles the request.
 */
final class Worker extends Thread {
  private static final int STACK_BYTES = 1 << 20;
  private static final int CHANNEL_POINTER = FuseLayout.BUF_BYTES;

  /** Requests that nobody waits for: {@code FUSE_FORGET}, {@code FUSE_BATCH_FORGET}. */
  private static final int OPCODE_FORGET = 2;

  private static final int OPCODE_BATCH_FORGET = 42;
  private static final int OPCODE_AT = 4;
  private static final int NODE_AT = 16;

  /** After the header, {@code fuse_forget_in}: how many lookups of the node. */
  private static final int FORGET_LOOKUPS_AT = 40;

  /** After the header, {@code fuse_batch_forget_in} and so many {@code fuse_forget_one}. */
  private static final int FORGET_COUNT_AT = 40;

  private static final int FORGET_NODES_AT = 48;
  private static final int FORGET_NODE_BYTES = 16;

  private final FuseSession session;
  private final FuseLibrary library;
  private final NativeBuffer received;
  private final NativeBuffer control = new NativeBuffer(FuseLayout.BUF_BYTES + Long.BYTES);
  private final Reply reply;
  private NativeBuffer output;

  Worker(FuseSession session, FuseLibrary library, int receiveBytes, Reply reply, String name) {
    super(null, null, name, STACK_BYTES);
    this.session = session;
    this.library = library;
    this.reply = reply;
    received = new NativeBuffer(receiveBytes);
    output = new NativeBuffer(4096);
    setDaemon(true);
  }

  /** The worker that the calling callback runs on. */
  static Worker current() {
    return (Worker) Thread.currentThread();
  }

  @Override
  public void run() {
    try {
      while (receive()) {
        boolean forget = isForget();
        session.workerBusy(forget);
        if (forget && !session.isStopped()) {
          forget();
        }
        library.fuse_session_process_buf(session.session(), control.address(), session.channel());
        if (!session.workerIdle()) {
          return;
        }
      }
      session.workerSawEnd();
    } finally {
      session.workerEnded();
    }
  }

  /** Waits for a request; false when none will come any more. */
  private boolean receive() {
    while (library.fuse_session_exited(session.session()) == 0) {
      ByteBuffer bytes = control.bytes();
      bytes.putLong(FuseLayout.BUF_SIZE, received.size());
      bytes.putLong(FuseLayout.BUF_MEM, received.address());
      bytes.putLong(CHANNEL_POINTER, session.channel());
      int result =
          library.fuse_session_receive_buf(
              session.session(), control.address(), control.address() + CHANNEL_POINTER);
      if (result > 0) {
        return true;
      }
      if (result != -session.interruptedNumber()) {
        return false;
      }
    }
    return false;
  }

  private boolean isForget() {
    int opcode = received.bytes().getInt(OPCODE_AT);
    return opcode == OPCODE_FORGET || opcode == OPCODE_BATCH_FORGET;
  }

  /** The nodes that the kernel forgets, and how many lookups of each. */
  private void forget() {
    RemovedNodes removed = session.removedNodes();
    ByteBuffer request = received.bytes();
    if (request.getInt(OPCODE_AT) == OPCODE_FORGET) {
      removed.forget(request.getLong(NODE_AT), request.getLong(FORGET_LOOKUPS_AT));
      return;
    }
    int count = request.getInt(FORGET_COUNT_AT);
    for (int i = 0; i < count; i++) {
      int at = FORGET_NODES_AT + i * FORGET_NODE_BYTES;
      removed.forget(request.getLong(at), request.getLong(at + Long.BYTES));
    }
  }

  Reply reply() {
    return reply;
  }

  /** Native memory for an answer's bytes, of at least this size; valid until the next call. */
  NativeBuffer output(int size) {
    if (output.size() < size) {
      output = new NativeBuffer(size);
    }
    return output;
  }

  /** The C string of a request. */
  byte[] string(long pointer) {
    return received.contains(pointer)
        ? received.stringAt(pointer)
        : MemoryIO.getInstance().getZeroTerminatedByteArray(pointer);
  }

  /** The bytes of a request, in place. */
  ByteBuffer bytes(long pointer, int length) {
    return received.contains(pointer)
        ? received.slice(pointer, length)
        : MemoryIO.getInstance().newDirectByteBuffer(pointer, length);
  }

  Caller caller(long request) {
    MemoryIO memory = MemoryIO.getInstance();
    long context = library.fuse_req_ctx(request);
    return new Caller(
        memory.getInt(context + FuseLayout.CTX_UID),
        memory.getInt(context + FuseLayout.CTX_GID),
        memory.getInt(context + FuseLayout.CTX_PID));
  }
}

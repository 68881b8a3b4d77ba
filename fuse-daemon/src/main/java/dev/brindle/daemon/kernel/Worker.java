package dev.brindle.daemon.kernel;

import dev.brindle.daemon.kernel.Wire.InHeader;
import dev.brindle.daemon.kernel.Wire.OutHeader;
import dev.brindle.daemon.kernel.Wire.WriteIn;
import dev.brindle.daemon.serve.NativeBuffer;
import dev.brindle.store.CallerThread;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * A thread that receives requests and answers them, one at a time, with the memory that takes: the
 * longest request and the longest answer. What is never used of it takes up none.
 */
final class Worker extends Thread implements CallerThread {
  private static final int STACK_BYTES = 1 << 20;

  /** The kernel wants so much room at the least for what comes before data: a page. */
  private static final int REQUEST_HEAD_BYTES = Math.max(4096, InHeader.BYTES + WriteIn.BYTES);

  private final KernelSession session;
  private final DevicePair devices;
  private final Dispatcher dispatcher;
  private final Polling polling;
  private final Crowd crowd;
  private final NativeBuffer received;
  private final NativeBuffer sent;
  private final Request request;
  private final Answer answer;
  private volatile @Nullable ServedRequest served;

  /** Whether a program waited for the answer to the last request. */
  private boolean wasAwaited;

  Worker(
      KernelSession session,
      DevicePair devices,
      Dispatcher dispatcher,
      Polling polling,
      Crowd crowd,
      int ioBytesMax,
      String name) {
    super(null, null, name, STACK_BYTES);
    this.session = session;
    this.devices = devices;
    this.dispatcher = dispatcher;
    this.polling = polling;
    this.crowd = crowd;
    received =
        NativeBuffer.untouched(REQUEST_HEAD_BYTES + ioBytesMax, InHeader.BYTES + WriteIn.BYTES);
    sent = NativeBuffer.untouched(OutHeader.BYTES + ioBytesMax, OutHeader.BYTES);
    request = new Request(received);
    answer = new Answer(sent);
    setDaemon(true);
  }

  @Override
  public void run() {
    try {
      while (receive()) {
        session.workerBusy(
            dispatcher.isBrief(request) || dispatcher.isShort(request) && !crowd.isPresent());
        wasAwaited = isAwaited();
        serve();
        polling.answered();
        if (!session.workerIdle()) {
          return;
        }
      }
      session.workerSawEnd();
    } catch (IOException | RuntimeException e) {
      Logger.error(e, "{} can receive no more requests", getName());
      session.workerFailed();
    } catch (Error e) {
      Logger.error(e, "{} failed", getName());
      session.stop(e);
      session.workerFailed();
    } finally {
      session.workerLeaves(this);
      free();
      session.workerEnded();
    }
  }

  private void serve() {
    boolean answerable = dispatcher.isAnswerableBefore(request);
    served = new ServedRequest(request.unique(), request.thread(), answer.device(), answerable);
    dispatcher.dispatch(request, answer);
    served = null;
  }

  /** The request that is being served; for any thread. */
  @Nullable ServedRequest served() {
    return served;
  }

  @Override
  public boolean isCallerGone() {
    ServedRequest present = served;
    return present != null && present.isFutile();
  }

  @Override
  public void begun() {
    ServedRequest present = served;
    if (present != null) {
      present.begin();
    }
  }

  /** Gives the memory back, of one that runs no more or never did. */
  void free() {
    received.free();
    sent.free();
  }

  /** Gets a request; false when none will come any more. */
  private boolean receive() throws IOException {
    if (devices.polls() && polling.begin()) {
      int length = poll();
      if (length != Device.NONE) {
        return length != Device.END;
      }
    }
    int length;
    do {
      length = receive(devices.waiting());
    } while (length == Device.NONE);
    polling.received();
    return length != Device.END;
  }

  private int poll() throws IOException {
    int length = Device.NONE;
    try {
      long now = System.nanoTime();
      long deadline = now + polling.windowNanos();
      long before;
      length = receive(devices.polled());
      if (length != Device.NONE) {
        if (length > 0 && wasAwaited && isAwaited()) {
          crowd.cameBefore();
        }
        return length;
      }
      do {
        before = now;
        Thread.yield();
        length = receive(devices.polled());
        now = System.nanoTime();
      } while (length == Device.NONE && polling.isAlone(before, now) && now < deadline);
      if (length > 0) {
        crowd.cameAlone();
      }
      return length;
    } finally {
      polling.end(length != Device.NONE);
    }
  }

  private boolean isAwaited() {
    return !Opcode.isUnawaited(request.opcode());
  }

  private int receive(Device device) throws IOException {
    int length = request.receive(device);
    if (length > 0) {
      answer.begin(device, request.unique());
    }
    return length;
  }
}

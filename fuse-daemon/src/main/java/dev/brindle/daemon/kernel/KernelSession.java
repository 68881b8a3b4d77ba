package dev.brindle.daemon.kernel;

import dev.brindle.daemon.host.ErrnoNumbers;
import dev.brindle.daemon.host.Host;
import dev.brindle.daemon.host.WakeupLatency;
import dev.brindle.daemon.serve.Faults;
import dev.brindle.daemon.serve.WorkerSession;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A mount being served through its descriptors. */
final class KernelSession extends WorkerSession {
  private static final int DEVICES_MAX = 8;

  private final int ioBytesMax;
  private final Served served;
  private final Dispatcher dispatcher;
  private final Polling polling;
  private final Crowd crowd = new Crowd();
  private final Pace pace = new Pace(WakeupLatency.ofHost()::hold, WakeupLatency.ofHost()::release);
  private final List<DevicePair> devices = new ArrayList<>();

  /**
   * @param device of a mount that has been negotiated
   * @param label for the log and the threads' names
   * @param detach takes the mount point off, whatever uses it
   */
  KernelSession(
      Device device,
      Served served,
      Negotiation agreed,
      Polling polling,
      String label,
      Runnable detach) {
    super(label, detach);
    this.served = served;
    this.polling = polling;
    ioBytesMax = agreed.ioBytesMax();
    dispatcher =
        new Dispatcher(new Faults(new ErrnoNumbers(Host.LINUX), label), this, served, agreed);
    DevicePair first = DevicePair.first(device);
    devices.add(first);
    int wanted = Math.min(DEVICES_MAX, java.lang.Runtime.getRuntime().availableProcessors());
    for (int i = 1; i < wanted; i++) {
      DevicePair more = first.another();
      if (more != first) {
        devices.add(more);
      }
    }
  }

  /** For tests. */
  Served served() {
    return served;
  }

  void start() {
    served.fileSystem().listen(served.invalidations());
    startThread(this::tellOfChanges, "invalidate-" + label());
    startThread(this::heedInterrupts, "interrupt-" + label());
    startServing();
  }

  /** What other mounts change, until the end. */
  private void tellOfChanges() {
    Invalidations invalidations = served.invalidations();
    while (invalidations.await() && beginNotification()) {
      try {
        invalidations.tellNext();
      } finally {
        endNotification();
      }
    }
  }

  /** Signals to those who wait for answers, until the end. */
  private void heedInterrupts() {
    Interrupts interrupts = served.interrupts();
    while (interrupts.await() && beginNotification()) {
      try {
        interrupts.look();
      } finally {
        endNotification();
      }
      interrupts.pause();
    }
  }

  @Override
  protected void startWorker(String name, int number) {
    DevicePair pair = devices.get((number - 1) % devices.size());
    Worker worker = new Worker(this, pair, dispatcher, polling, crowd, ioBytesMax, name);
    served.interrupts().enter(worker);
    try {
      worker.start();
    } catch (OutOfMemoryError e) {
      workerLeaves(worker);
      worker.free();
      throw e;
    }
  }

  /** A worker serves no more. */
  void workerLeaves(Worker worker) {
    served.interrupts().leave(worker);
  }

  @Override
  protected void requestsCame(long count) {
    if (polling.windowNanos() > 0) {
      pace.looked(count);
    }
  }

  @Override
  protected Set<Long> nodesOpenForWriting() {
    return served.writableHandles().nodes();
  }

  @Override
  protected void writeBack(long node) throws IOException {
    served.writeBackForVersion(node);
  }

  @Override
  protected void close() {
    pace.end();
    served.invalidations().end();
    served.interrupts().end();
    devices.forEach(DevicePair::close);
  }
}

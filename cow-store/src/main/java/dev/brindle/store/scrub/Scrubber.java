package dev.brindle.store.scrub;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Timestamp;
import dev.brindle.store.index.Index;
import dev.brindle.store.scrub.ScrubStatus.State;
import dev.brindle.store.volume.OpenStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** Scrubs an open store, one scrub at a time, on a thread of its own. Safe for any threads. */
public final class Scrubber {
  private static final int DAMAGES_MAX = 10_000;

  private final OpenStore store;

  @GuardedBy("this")
  private ScrubStatus status = ScrubStatus.neverRun();

  @GuardedBy("this")
  private List<DamagedFile> files = new ArrayList<>();

  @GuardedBy("this")
  private List<String> others = new ArrayList<>();

  @GuardedBy("this")
  private long damages;

  @GuardedBy("this")
  private @Nullable Thread thread;

  @GuardedBy("this")
  private @Nullable Pace pace;

  private long beganNanos;
  private volatile boolean stopped;

  public Scrubber(OpenStore store) {
    this.store = store;
  }

  /**
   * Begins a scrub.
   *
   * @param bytesPerSecondMax 0 for no bound
   * @param background leaves at least four fifths of the time to others
   * @throws FileSystemException EBUSY while one runs
   */
  public synchronized void start(long bytesPerSecondMax, boolean background) throws IOException {
    if (thread != null) {
      throw new FileSystemException(Errno.EBUSY, "a scrub is running already");
    }
    files = new ArrayList<>();
    others = new ArrayList<>();
    damages = 0;
    stopped = false;
    beganNanos = System.nanoTime();
    long total =
        store.log().statistics().liveBytes()
            + (long) store.index().pageCount() * Index.PAGE_BYTES
            + store.index().verifyCopies().bytes();
    status = new ScrubStatus(State.INDEX, Timestamp.now(), null, 0, total, 0, 0, null);
    Pace newPace = new Pace(bytesPerSecondMax, background, () -> stopped);
    pace = newPace;
    Thread newThread = new Thread(() -> run(newPace), "brindle-scrub");
    newThread.setDaemon(true);
    newThread.setPriority(background ? Thread.MIN_PRIORITY : Thread.NORM_PRIORITY);
    thread = newThread;
    newThread.start();
  }

  private void run(Pace running) {
    Logger.debug("a scrub has begun");
    try {
      new Scrub(store, running, this::found, this::found, this::enter).run();
      end(State.FINISHED, null);
    } catch (StoppedException e) {
      end(State.STOPPED, null);
    } catch (IOException | RuntimeException | Error e) {
      Logger.error(e, "a scrub failed");
      end(State.FAILED, e.toString());
    }
  }

  private synchronized void enter(State state) {
    status = with(state, null, null);
  }

  private synchronized void end(State state, @Nullable String failure) {
    status = with(state, Timestamp.now(), failure);
    Logger.debug("a scrub has ended: {}, {} damages", state, damages);
    thread = null;
    pace = null;
    notifyAll();
  }

  @GuardedBy("this")
  private ScrubStatus with(State state, @Nullable Timestamp ended, @Nullable String failure) {
    long bytes = pace == null ? status.bytesDone() : pace.bytes();
    long millis = Math.max(1, (System.nanoTime() - beganNanos) / 1_000_000);
    return new ScrubStatus(
        state,
        status.started(),
        ended,
        bytes,
        Math.max(bytes, status.bytesTotal()),
        bytes * 1000 / millis,
        damages,
        failure);
  }

  private synchronized void found(DamagedFile file) {
    Logger.error("scrub: {}", file);
    damages++;
    if (files.size() < DAMAGES_MAX) {
      files.add(file);
    }
  }

  private synchronized void found(String other) {
    Logger.error("scrub: {}", other);
    damages++;
    others.add(other);
  }

  /** How the scrub stands that runs, or how the last one ended. */
  public synchronized ScrubStatus status() {
    return thread == null ? status : with(status.state(), null, null);
  }

  /** The damaged files that were found, up to 10,000. */
  public synchronized List<DamagedFile> files() {
    return List.copyOf(files);
  }

  /** Sentences on damage that has no file. */
  public synchronized List<String> others() {
    return List.copyOf(others);
  }

  /** Ends the scrub, if one runs, and waits for its end. */
  public void stop() {
    stopped = true;
    awaitEnd();
  }

  /** Waits while a scrub runs. */
  public void awaitEnd() {
    boolean interrupted = false;
    synchronized (this) {
      while (thread != null) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
          stopped = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

package dev.brindle.daemon;

import dev.brindle.daemon.transport.TransportSession;
import dev.brindle.namespace.KernelCache;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The kernel's dirty pages of all mounts of the store: a volume can be seen through any of them,
 * its own or, as a clone, its parent's. They are written back on threads of this object's own. The
 * thread that asks is often one that serves a mount, in the middle of a {@code mkdir}; other
 * workers of the mount take the writes.
 */
final class KernelCaches implements KernelCache {
  private static final int WAIT_SECONDS = 120;

  private final Supplier<List<TransportSession>> sessions;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "kernel-write-back");
            thread.setDaemon(true);
            return thread;
          });

  KernelCaches(Supplier<List<TransportSession>> sessions) {
    this.sessions = sessions;
  }

  @Override
  public void writeBack() throws IOException {
    writeBack(sessions.get());
  }

  /** Of these mounts alone. */
  void writeBack(List<TransportSession> some) throws IOException {
    List<Future<?>> flushes = new ArrayList<>();
    for (TransportSession session : some) {
      flushes.add(
          threads.submit(
              () -> {
                session.writeBack();
                return null;
              }));
    }
    for (Future<?> flush : flushes) {
      await(flush);
    }
  }

  private static void await(Future<?> flush) throws IOException {
    try {
      flush.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException("the kernel could not write back its pages", e.getCause());
    } catch (TimeoutException e) {
      throw new IOException(
          "the kernel did not write back its pages within " + WAIT_SECONDS + " seconds", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the kernel wrote back its pages", e);
    }
  }
}

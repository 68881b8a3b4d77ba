package dev.brindle.daemon.control;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tinylog.Logger;

/**
 * The open control connections, so many at the most. When there are as many, the one that has kept
 * silent the longest gives way to a new one, if that is long: a program that holds connections open
 * or sends half a request must not keep everybody else out.
 */
final class Connections {
  private final int max;
  private final long silenceNanos;

  /** Since when each waits for a request; those that are answered are not waiting. */
  @GuardedBy("this")
  private final Map<SocketChannel, Long> waiting = new LinkedHashMap<>();

  @GuardedBy("this")
  private int open;

  /**
   * @param silenceNanos how long a connection must have sent no whole request to be given up
   */
  Connections(int max, long silenceNanos) {
    this.max = max;
    this.silenceNanos = silenceNanos;
  }

  /** Takes a connection in; false when there is no place for it. */
  synchronized boolean admit(SocketChannel channel) {
    if (open >= max && !closeSilent()) {
      return false;
    }
    open++;
    waiting.put(channel, System.nanoTime());
    return true;
  }

  /** The one that waits for the longest is the first in the map. */
  @GuardedBy("this")
  private boolean closeSilent() {
    if (waiting.isEmpty()) {
      return false;
    }
    Map.Entry<SocketChannel, Long> eldest = waiting.entrySet().iterator().next();
    if (System.nanoTime() - eldest.getValue() < silenceNanos) {
      return false;
    }
    waiting.remove(eldest.getKey());
    open--;
    try {
      eldest.getKey().close();
    } catch (IOException e) {
      Logger.debug(e, "a silent control connection could not be closed");
    }
    return true;
  }

  /** A request has come; false when the connection was given up before. */
  synchronized boolean answering(SocketChannel channel) {
    return waiting.remove(channel) != null;
  }

  synchronized void waiting(SocketChannel channel) {
    waiting.put(channel, System.nanoTime());
  }

  /** A connection has ended, closed from here or from there. */
  synchronized void ended(SocketChannel channel, boolean isAnswering) {
    if (waiting.remove(channel) != null || isAnswering) {
      open--;
    }
  }
}

package dev.brindle.daemon.kernel;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Two descriptors of one mount for the threads that share them: reading from the one waits for a
 * request, reading from the other does not. Where the kernel gives no second one, nobody polls.
 */
final class DevicePair {
  private final Device waiting;
  private final @Nullable Device polled;

  private DevicePair(Device waiting, @Nullable Device polled) {
    this.waiting = waiting;
    this.polled = polled;
  }

  /** The mount's own descriptor, and one to poll. */
  static DevicePair first(Device device) {
    return new DevicePair(device, another(device, false));
  }

  /** Two more, for other threads; the same ones when there are no more. */
  DevicePair another() {
    Device more = another(waiting, true);
    return more == null ? this : new DevicePair(more, another(waiting, false));
  }

  private static @Nullable Device another(Device device, boolean waits) {
    try {
      return device.another(waits);
    } catch (IOException e) {
      Logger.warn("the mount has no further descriptor: {}", e.getMessage());
      return null;
    }
  }

  Device waiting() {
    return waiting;
  }

  boolean polls() {
    return polled != null;
  }

  Device polled() {
    Device device = polled;
    return device == null ? waiting : device;
  }

  void close() {
    if (polled != null) {
      polled.close();
    }
    waiting.close();
  }
}

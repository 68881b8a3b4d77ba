package dev.brindle.daemon.kernel;

import dev.brindle.daemon.kernel.Wire.OutHeader;
import dev.brindle.daemon.serve.NativeBuffer;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The answer to one request after the other, on one thread: header and body in one piece of memory,
 * sent by one call. A request takes exactly one answer, and a forgetting none.
 */
final class Answer {
  private final NativeBuffer memory;
  private final ByteBuffer bytes;
  private final ByteBuffer window;
  private @Nullable Device device;
  private long unique;
  private long changesBefore;

  /**
   * @param memory header and the longest body
   */
  Answer(NativeBuffer memory) {
    this.memory = memory;
    bytes = memory.bytes();
    window = bytes.duplicate();
  }

  /** The next answer is to this request, which came from that device. */
  void begin(Device from, long toUnique) {
    device = from;
    unique = toUnique;
  }

  /** What the answer says of an inode is read after so many changes by others. */
  void readsAfter(long changes) {
    changesBefore = changes;
  }

  /** How many changes by others there were for certain when it was read. */
  long changesBefore() {
    return changesBefore;
  }

  /** Where the answer goes, which is pending. */
  Device device() {
    return Objects.requireNonNull(device);
  }

  boolean isPending() {
    return device != null;
  }

  /** No answer is wanted. */
  void none() {
    take();
  }

  void u32(int at, int value) {
    bytes.putInt(OutHeader.BYTES + at, value);
  }

  void u64(int at, long value) {
    bytes.putLong(OutHeader.BYTES + at, value);
  }

  void u16(int at, int value) {
    bytes.putShort(OutHeader.BYTES + at, (short) value);
  }

  long getU64(int at) {
    return bytes.getLong(OutHeader.BYTES + at);
  }

  int getU32(int at) {
    return bytes.getInt(OutHeader.BYTES + at);
  }

  void zero(int from, int to) {
    for (int at = from; at < to; at++) {
      bytes.put(OutHeader.BYTES + at, (byte) 0);
    }
  }

  void put(int at, byte[] source) {
    bytes.put(OutHeader.BYTES + at, source);
  }

  /** Room in the body for so many bytes, from its beginning on; valid until the next call. */
  ByteBuffer room(int count) {
    return window.limit(OutHeader.BYTES + count).position(OutHeader.BYTES);
  }

  /** How long a body may be. */
  int bodyBytesMax() {
    return memory.size() - OutHeader.BYTES;
  }

  void success() {
    send(0);
  }

  void bytes(byte[] body) {
    put(0, body);
    send(body.length);
  }

  /**
   * @param errno positive
   */
  void error(int errno) {
    send(0, -errno);
  }

  /**
   * Sends the body's first bytes.
   *
   * @return false when nobody waits any more: what the answer hands over stays with the sender
   */
  boolean send(int bodyBytes) {
    return send(bodyBytes, 0);
  }

  private boolean send(int bodyBytes, int error) {
    long to = unique;
    Device target = take();
    int length = OutHeader.BYTES + bodyBytes;
    bytes.putInt(OutHeader.LENGTH, length);
    bytes.putInt(OutHeader.ERROR, error);
    bytes.putLong(OutHeader.UNIQUE, to);
    int errno = target.send(memory.address(), length);
    if (errno == 0) {
      return true;
    }
    if (errno != Native.ENOENT && errno != Native.ENODEV) {
      Logger.error("the kernel refuses an answer of {} bytes: {}", length, Native.text(errno));
    }
    return false;
  }

  private Device take() {
    Device target = device;
    if (target == null) {
      throw new IllegalStateException("a second answer to one request");
    }
    device = null;
    return target;
  }
}

package dev.brindle.daemon.kernel;

import dev.brindle.daemon.kernel.Wire.InHeader;
import dev.brindle.daemon.serve.NativeBuffer;
import dev.brindle.namespace.Caller;
import dev.brindle.store.Name;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The request that a worker has received, read where it lies. Offsets count from behind the header:
 * they are those of the structure that the operation has.
 */
final class Request {
  private final NativeBuffer memory;
  private final ByteBuffer bytes;

  /** The same memory with a position and a limit of its own, for data. */
  private final ByteBuffer window;

  private int length;

  Request(NativeBuffer memory) {
    this.memory = memory;
    bytes = memory.bytes();
    window = bytes.duplicate();
  }

  /** Waits for none: {@link Device#NONE} when nothing is there. */
  int receive(Device device) throws IOException {
    length = device.receive(memory);
    if (length > 0 && length != bytes.getInt(InHeader.LENGTH)) {
      throw new IOException(
          "a request of %d bytes that says %d".formatted(length, bytes.getInt(InHeader.LENGTH)));
    }
    return length;
  }

  int opcode() {
    return bytes.getInt(InHeader.OPCODE);
  }

  long unique() {
    return bytes.getLong(InHeader.UNIQUE);
  }

  long node() {
    return bytes.getLong(InHeader.NODE);
  }

  int uid() {
    return bytes.getInt(InHeader.UID);
  }

  /** The thread that waits for the answer; 0 when it is none of this process's namespace. */
  int thread() {
    return bytes.getInt(InHeader.PID);
  }

  Caller caller() {
    return new Caller(uid(), bytes.getInt(InHeader.GID), thread());
  }

  /** How long the body is. */
  int bodyBytes() {
    return length - InHeader.BYTES;
  }

  int u32(int at) {
    return bytes.getInt(InHeader.BYTES + at);
  }

  long u64(int at) {
    return bytes.getLong(InHeader.BYTES + at);
  }

  /** The name that begins there and ends with a zero. */
  Name name(int at) {
    return Name.of(string(at));
  }

  /** The bytes up to the next zero. */
  byte[] string(int at) {
    byte[] text = new byte[end(at) - at];
    bytes.get(InHeader.BYTES + at, text);
    return text;
  }

  /** Where what follows a string begins. */
  int behindString(int at) {
    return end(at) + 1;
  }

  private int end(int at) {
    int end = InHeader.BYTES + at;
    while (end < length && bytes.get(end) != 0) {
      end++;
    }
    if (end >= length) {
      throw new IllegalStateException("a string of the request does not end");
    }
    return end - InHeader.BYTES;
  }

  /** So many bytes of the body, in place; valid until the next call. */
  ByteBuffer data(int at, int count) {
    int start = InHeader.BYTES + at;
    if (count < 0 || start > length - count) {
      throw new IllegalStateException(
          "a request of %d bytes has no %d at %d".formatted(length, count, start));
    }
    return window.limit(start + count).position(start);
  }
}

package dev.brindle.daemon.libfuse;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory outside the heap, with the address at which native code finds it. */
final class NativeBuffer {
  private final ByteBuffer bytes;
  private final long address;

  /** Zeroed. */
  NativeBuffer(int size) {
    bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    address = MemoryIO.getInstance().getDirectBufferAddress(bytes);
  }

  /** A C string. */
  static NativeBuffer string(byte[] text) {
    NativeBuffer buffer = new NativeBuffer(text.length + 1);
    buffer.bytes.put(0, text);
    return buffer;
  }

  /** In native byte order; its position and limit are never moved. */
  ByteBuffer bytes() {
    return bytes;
  }

  int size() {
    return bytes.capacity();
  }

  long address() {
    return address;
  }

  /** Whether the address is inside. */
  boolean contains(long pointer) {
    return pointer >= address && pointer < address + bytes.capacity();
  }

  /** The bytes from an address inside, without a copy. */
  ByteBuffer slice(long pointer, int length) {
    return bytes.slice(Math.toIntExact(pointer - address), length);
  }

  /** The C string at an address inside. */
  byte[] stringAt(long pointer) {
    int start = Math.toIntExact(pointer - address);
    int end = start;
    while (bytes.get(end) != 0) {
      end++;
    }
    byte[] text = new byte[end - start];
    bytes.get(start, text);
    return text;
  }
}

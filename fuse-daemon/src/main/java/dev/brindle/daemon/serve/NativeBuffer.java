package dev.brindle.daemon.serve;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory outside the heap, with the address at which native code finds it. */
public final class NativeBuffer {
  private static final int PAGE_BYTES = 4096;

  private final ByteBuffer bytes;
  private final long address;

  /** Where the allocation that it lies in begins; 0 when it goes with this object. */
  private final long allocation;

  /** Zeroed; given back with this object. */
  public NativeBuffer(int size) {
    bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    address = MemoryIO.getInstance().getDirectBufferAddress(bytes);
    allocation = 0;
  }

  private NativeBuffer(long allocation, long address, int size) {
    this.allocation = allocation;
    this.address = address;
    bytes = MemoryIO.getInstance().newDirectByteBuffer(address, size);
    bytes.order(ByteOrder.nativeOrder());
  }

  /**
   * Memory that is not zeroed, so that what is never used takes up none, and that does not count
   * against the virtual machine's bound; the caller gives it back with {@link #free}.
   *
   * @param headBytes what comes before the data: these begin a page, since the kernel copies pages,
   *     and one that it finds in two pages takes it two steps
   */
  public static NativeBuffer untouched(int size, int headBytes) {
    long allocation = MemoryIO.getInstance().allocateMemory(size + PAGE_BYTES, false);
    if (allocation == 0) {
      throw new OutOfMemoryError(size + " bytes of native memory");
    }
    long data = (allocation + headBytes + PAGE_BYTES - 1) & -PAGE_BYTES;
    return new NativeBuffer(allocation, data - headBytes, size);
  }

  /** Gives memory of {@link #untouched} back; nobody may use it any more. */
  public void free() {
    MemoryIO.getInstance().freeMemory(allocation);
  }

  /** A C string. */
  public static NativeBuffer string(byte[] text) {
    NativeBuffer buffer = new NativeBuffer(text.length + 1);
    buffer.bytes.put(0, text);
    return buffer;
  }

  /** In native byte order; its position and limit are never moved. */
  public ByteBuffer bytes() {
    return bytes;
  }

  public int size() {
    return bytes.capacity();
  }

  public long address() {
    return address;
  }

  /** Whether the address is inside. */
  public boolean contains(long pointer) {
    return pointer >= address && pointer < address + bytes.capacity();
  }

  /** The bytes from an address inside, without a copy. */
  public ByteBuffer slice(long pointer, int length) {
    return bytes.slice(Math.toIntExact(pointer - address), length);
  }

  /** The C string at an address inside. */
  public byte[] stringAt(long pointer) {
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

package dev.brindle.daemon.kernel;

import dev.brindle.daemon.kernel.Wire.InvalEntry;
import dev.brindle.daemon.kernel.Wire.InvalInode;
import dev.brindle.daemon.kernel.Wire.OutHeader;
import dev.brindle.daemon.serve.NativeBuffer;
import dev.brindle.store.Name;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Tells the kernel what it is to forget: messages that nobody asked for, with a code where an
 * answer has its error. The kernel acts on one before the call returns.
 */
final class Notifier {
  private static final int INVAL_INODE = 2;
  private static final int INVAL_ENTRY = 3;
  private static final int EXPIRE_ONLY = 1;

  private final Device device;
  private final boolean expires;

  /**
   * @param expires whether the kernel can be told to look a name up again, and not to drop it
   */
  Notifier(Device device, boolean expires) {
    this.device = device;
    this.expires = expires;
  }

  boolean expires() {
    return expires;
  }

  /**
   * Attributes are asked for again; pages stay.
   *
   * @return whether the kernel has the inode
   */
  boolean attributesChanged(long node) throws IOException {
    return invalidate(node, -1, 0);
  }

  /**
   * Attributes and all pages; those that are dirty are written back first, and waited for, so other
   * threads must take the writes.
   *
   * @return whether the kernel has the inode
   */
  boolean contentChanged(long node) throws IOException {
    return invalidate(node, 0, 0);
  }

  /** Attributes and the first page, as {@link #contentChanged}. */
  void firstPageChanged(long node) throws IOException {
    invalidate(node, 0, 1);
  }

  /**
   * A name is looked up again at its next use. To drop a name detaches what is mounted on or below
   * it; so a directory's is not dropped where the kernel can do without: when it is still there, or
   * there again, nothing has happened. A name that is dropped cannot be brought back by an older
   * answer that is on its way, which is why the others are.
   */
  void entryChanged(long directory, Name name, boolean wasDirectory) throws IOException {
    NativeBuffer message = message(INVAL_ENTRY, InvalEntry.BYTES + name.length() + 1);
    ByteBuffer bytes = message.bytes();
    bytes.putLong(OutHeader.BYTES + InvalEntry.PARENT, directory);
    bytes.putInt(OutHeader.BYTES + InvalEntry.NAME_LENGTH, name.length());
    bytes.putInt(OutHeader.BYTES + InvalEntry.FLAGS, wasDirectory && expires ? EXPIRE_ONLY : 0);
    bytes.put(OutHeader.BYTES + InvalEntry.BYTES, name.bytes());
    send(message);
  }

  /**
   * @param offset -1 for no pages
   * @param length 0 for all to the end
   */
  private boolean invalidate(long node, long offset, long length) throws IOException {
    NativeBuffer message = message(INVAL_INODE, InvalInode.BYTES);
    ByteBuffer bytes = message.bytes();
    bytes.putLong(OutHeader.BYTES + InvalInode.NODE, node);
    bytes.putLong(OutHeader.BYTES + InvalInode.OFFSET, offset);
    bytes.putLong(OutHeader.BYTES + InvalInode.LENGTH, length);
    return send(message);
  }

  private static NativeBuffer message(int code, int bodyBytes) {
    NativeBuffer message = new NativeBuffer(OutHeader.BYTES + bodyBytes);
    message.bytes().putInt(OutHeader.LENGTH, message.size());
    message.bytes().putInt(OutHeader.ERROR, code);
    return message;
  }

  /**
   * What the kernel does not know any more needs no forgetting, nor does a mount that is gone.
   *
   * @return whether it knows it
   */
  private boolean send(NativeBuffer message) throws IOException {
    int errno = device.send(message.address(), message.size());
    Reference.reachabilityFence(message);
    if (errno != 0 && errno != Native.ENOENT && errno != Native.ENODEV) {
      throw new IOException("the kernel refuses a notification: " + Native.text(errno));
    }
    return errno == 0;
  }
}

package dev.brindle.store.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One append to the log, from the choice of its addresses to its write. It holds the append mutex:
 * to be used and closed by the thread that began it.
 *
 * <p>The order is: {@link #publish} the data, change trees so that they refer to {@link
 * #dataAddress}, {@link #write}, {@link #close}. From {@code publish} on the data can be read under
 * its addresses. An append that was neither published nor written leaves no trace; one that was
 * published and is closed without a successful write poisons the log, because trees may refer to
 * it.
 */
public final class Append implements AutoCloseable {
  private final Log log;
  private final long dataAddress;
  private final int dataBlocks;
  private final int redoBytes;
  private @Nullable InFlight inFlight;
  private boolean written;
  private boolean closed;

  Append(Log log, long dataAddress, int dataBlocks, int redoBytes) {
    this.log = log;
    this.dataAddress = dataAddress;
    this.dataBlocks = dataBlocks;
    this.redoBytes = redoBytes;
  }

  /** The address of the first data block; the others follow. */
  public long dataAddress() {
    return dataAddress;
  }

  /** The blocks that were asked for; fewer may be published. */
  public int dataBlocks() {
    return dataBlocks;
  }

  /** The redo that there is room for, with {@link Log#REDO_FRAME_BYTES} for each element. */
  public int redoBytes() {
    return redoBytes;
  }

  /**
   * Makes the data readable under its addresses.
   *
   * @param data the remaining bytes of each, a multiple of 4 KiB; their bytes must not change until
   *     {@link #close} has returned, their positions stay
   */
  public void publish(ByteBuffer... data) {
    if (inFlight != null || written || closed) {
      throw new IllegalStateException("an append takes its data once");
    }
    InFlight published = new InFlight(dataAddress, data);
    if (published.blocks() > dataBlocks) {
      throw new IllegalArgumentException(
          "%d blocks, but %d were reserved".formatted(published.blocks(), dataBlocks));
    }
    if (published.blocks() > 0) {
      inFlight = published;
      log.publish(published);
    }
  }

  /**
   * Writes data and redo. When it returns, everything is in the file; it is durable after {@link
   * Log#sync}.
   *
   * @param redo each element is whole in one group; elements beyond the estimate go into further
   *     groups
   * @throws IOException the log is poisoned: the store is read-only from now on
   */
  public void write(List<byte[]> redo) throws IOException {
    if (written || closed) {
      throw new IllegalStateException("an append is written once");
    }
    log.write(inFlight, redo);
    written = true;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      log.end(written ? null : inFlight);
    }
  }
}

package dev.brindle.daemon.kernel;

import dev.brindle.daemon.host.ReadAhead;
import dev.brindle.daemon.host.Unmounter;
import dev.brindle.daemon.kernel.Wire.OutHeader;
import dev.brindle.daemon.serve.NativeBuffer;
import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.daemon.transport.MountException;
import dev.brindle.daemon.transport.Transport;
import dev.brindle.daemon.transport.TransportOptions;
import dev.brindle.daemon.transport.TransportSession;
import dev.brindle.namespace.InodeFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.tinylog.Logger;

/** Mounts by speaking the kernel's own protocol; Linux only. Safe for any number of threads. */
public final class KernelTransport implements Transport {
  private static final int FIRST_REQUEST_MILLIS_MAX = 10_000;
  private static final int FIRST_REQUEST_BYTES_MAX = 8192;
  private static final short POLLIN = 1;

  private final long pollNanos;

  private KernelTransport(long pollNanos) {
    this.pollNanos = pollNanos;
  }

  /**
   * @param pollMicros how long a thread looks for the next request before it sleeps, when requests
   *     follow each other closely; 0 never
   */
  public static KernelTransport create(int pollMicros) {
    return new KernelTransport(TimeUnit.MICROSECONDS.toNanos(pollMicros));
  }

  @Override
  public CachingOptions caching() {
    return CachingOptions.lasting();
  }

  @Override
  public TransportSession mount(InodeFileSystem fileSystem, TransportOptions options)
      throws IOException {
    Path mountPoint = options.mountPoint();
    Device device = KernelMount.mount(options);
    try {
      Negotiation agreed = negotiate(device, options.caching().writes() && !options.readOnly());
      Logger.info("{}: {}", mountPoint, agreed);
      KernelSession session =
          new KernelSession(
              device,
              new Served(
                  fileSystem,
                  options.caching().withWrites(agreed.has(InitFlags.WRITEBACK_CACHE)),
                  new Notifier(device, agreed.namesExpire())),
              agreed,
              new Polling(pollNanos),
              mountPoint.toString(),
              () -> detach(mountPoint));
      try {
        session.start();
        ReadAhead.extend(mountPoint);
      } catch (RuntimeException | Error e) {
        session.abort();
        throw e;
      }
      return session;
    } catch (IOException | RuntimeException | Error e) {
      detach(mountPoint);
      device.close();
      throw e;
    }
  }

  @Override
  public boolean obeysAcls() {
    return true;
  }

  /** The kernel's first request, which all others wait for. */
  private static Negotiation negotiate(Device device, boolean cachesWrites) throws IOException {
    awaitFirst(device);
    Request request = new Request(new NativeBuffer(Negotiation.IO_BYTES_MAX / 4));
    Answer answer = new Answer(new NativeBuffer(OutHeader.BYTES + FIRST_REQUEST_BYTES_MAX));
    int length;
    do {
      length = request.receive(device);
    } while (length == Device.NONE);
    if (length == Device.END || request.opcode() != Opcode.INIT) {
      throw new MountException("the kernel does not begin with the protocol's first request");
    }
    answer.begin(device, request.unique());
    Negotiation agreed = Negotiation.of(request, cachesWrites);
    agreed.answer(answer);
    return agreed;
  }

  private static void awaitFirst(Device device) throws IOException {
    NativeBuffer poll = new NativeBuffer(Long.BYTES);
    poll.bytes().putInt(0, device.descriptor());
    poll.bytes().putShort(Integer.BYTES, POLLIN);
    if (Native.check(Native.LIBC.poll(poll.address(), 1, FIRST_REQUEST_MILLIS_MAX), "poll") == 0) {
      throw new MountException("the kernel asks nothing of the new mount");
    }
  }

  private static void detach(Path mountPoint) {
    try {
      Unmounter.current().unmount(mountPoint, true);
    } catch (IOException e) {
      Logger.error(e, "{} could not be unmounted", mountPoint);
    }
  }
}

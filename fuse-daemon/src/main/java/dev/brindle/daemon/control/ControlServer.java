package dev.brindle.daemon.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import jdk.net.ExtendedSocketOptions;
import org.tinylog.Logger;

/** The daemon's end of the control socket: a thread that accepts and one for each connection. */
public final class ControlServer implements Closeable {
  /** A request's line; none that means something is as long. */
  private static final int REQUEST_BYTES_MAX = 128 << 10;

  private static final int CONNECTIONS_MAX = 64;
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Path store;
  private final ControlAddress address;
  private final ServerSocketChannel socket;
  private final Verbs verbs;
  private final Connections connections = new Connections(CONNECTIONS_MAX, SILENCE_NANOS);

  /** Held shared while a request is answered. */
  private final ReentrantReadWriteLock answering = new ReentrantReadWriteLock();

  private ControlServer(
      Path store, ControlAddress address, ServerSocketChannel socket, Verbs verbs) {
    this.store = store;
    this.address = address;
    this.socket = socket;
    this.verbs = verbs;
  }

  /**
   * Listens. The caller holds the store's lock, so a socket that is there is a dead daemon's.
   *
   * @param store its directory
   */
  public static ControlServer start(Path store, DaemonControl control) throws IOException {
    ControlAddress address = new ControlAddress(store);
    UnixDomainSocketAddress bound = address.prepare();
    ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      socket.bind(bound);
      Files.setPosixFilePermissions(bound.getPath(), PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      socket.close();
      throw new IOException("cannot listen on " + bound + ": " + e.getMessage(), e);
    }
    ControlServer server = new ControlServer(store, address, socket, new Verbs(control));
    startThread("control", server::accept);
    return server;
  }

  private static void startThread(String name, Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (socket.isOpen()) {
      try {
        SocketChannel channel = socket.accept();
        if (connections.admit(channel)) {
          start(channel);
        } else {
          refuse(channel);
        }
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        Logger.error(e, "the control socket could not accept a connection");
        pause();
      }
    }
  }

  private void start(SocketChannel channel) throws IOException {
    try {
      startThread("control-connection", () -> serve(channel));
    } catch (OutOfMemoryError e) {
      Logger.error(e, "no thread for a control connection");
      connections.ended(channel, false);
      channel.close();
    }
  }

  /** The few bytes fit into the new socket's buffer, so this does not wait. */
  private static void refuse(SocketChannel channel) {
    try (Wire wire = new Wire(channel, REQUEST_BYTES_MAX)) {
      wire.send(
          error(
              new ControlException(
                  ControlErrorCode.BUSY,
                  "the daemon answers %d commands already; try again".formatted(CONNECTIONS_MAX))));
    } catch (IOException e) {
      Logger.debug(e, "a control connection broke");
    }
  }

  /** Where accepting fails, as without free descriptors, it would fail again at once. */
  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(SocketChannel channel) {
    boolean isAnswering = false;
    try (Wire wire = new Wire(channel, REQUEST_BYTES_MAX)) {
      if (!isAllowed(channel)) {
        wire.send(
            error(
                new ControlException(
                    ControlErrorCode.DENIED, "only the store's owner and root may do this")));
        return;
      }
      Optional<JsonObject> request = receive(wire);
      while (request.isPresent() && connections.answering(channel)) {
        isAnswering = true;
        answering.readLock().lock();
        try {
          answer(wire, request.get());
        } finally {
          answering.readLock().unlock();
        }
        isAnswering = false;
        connections.waiting(channel);
        request = receive(wire);
      }
    } catch (IOException e) {
      Logger.debug(e, "a control connection broke");
    } finally {
      connections.ended(channel, isAnswering);
    }
  }

  /** Empty also after a message that cannot be understood: where the next begins is not known. */
  private static Optional<JsonObject> receive(Wire wire) throws IOException {
    try {
      return wire.receive();
    } catch (ControlException e) {
      wire.send(error(e));
      return Optional.empty();
    }
  }

  private void answer(Wire wire, JsonObject request) throws IOException {
    JsonObject reply = new JsonObject();
    try {
      Arguments envelope = new Arguments(request);
      JsonElement args = request.get("args");
      JsonElement result =
          verbs.run(
              envelope.text("verb"),
              new Arguments(
                  args != null && args.isJsonObject() ? args.getAsJsonObject() : new JsonObject()),
              item -> sendItem(wire, item));
      reply.addProperty("ok", true);
      reply.add("result", result);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (Throwable fault) {
      reply = error(fault);
    }
    wire.send(reply);
  }

  private static void sendItem(Wire wire, Object item) {
    JsonObject message = new JsonObject();
    message.add("item", Wire.GSON.toJsonTree(item));
    try {
      wire.send(message);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonObject error(Throwable fault) {
    JsonObject reply = new JsonObject();
    reply.addProperty("ok", false);
    reply.add("error", Errors.toJson(fault));
    return reply;
  }

  /** Asks the kernel who is at the other end: the modes of socket and directory say the same. */
  private boolean isAllowed(SocketChannel channel) throws IOException {
    UserPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    return peer.equals(Files.getOwner(store))
        || peer.equals(
            store.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("root"));
  }

  /**
   * Waits until the requests that have come are answered.
   *
   * @return whether they were in time
   */
  public boolean awaitAnswers(long timeoutMillis) throws InterruptedException {
    return answering.writeLock().tryLock(timeoutMillis, TimeUnit.MILLISECONDS);
  }

  /** Takes no more connections; those that are open are served until the process ends. */
  @Override
  public void close() throws IOException {
    socket.close();
    address.remove();
  }
}

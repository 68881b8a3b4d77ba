package dev.brindle.daemon.control;

import dev.brindle.daemon.host.Host;
import dev.brindle.store.disk.StorePrivacy;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Where the daemon of a store listens, and the files it puts beside the store's own.
 *
 * <p>The socket is {@code daemon.sock} in the store. A path that does not fit into {@code
 * sockaddr_un} (107 bytes on Linux, 103 on macOS) cannot be bound; then the socket is in a new
 * private directory (mode 0700) under the runtime directory, and {@code daemon.address} in the
 * store holds its path: the store's directory is the only place to trust, since nobody else can
 * write there.
 */
public final class ControlAddress {
  /** The daemon's log, in the store's directory. */
  public static final String LOG_FILE = "daemon.log";

  static final String SOCKET_FILE = "daemon.sock";
  static final String ADDRESS_FILE = "daemon.address";

  private final Path store;
  private final Host host;

  public ControlAddress(Path store) {
    this(store, Host.current());
  }

  ControlAddress(Path store, Host host) {
    this.store = store.toAbsolutePath();
    this.host = host;
  }

  public static Path logFile(Path store) {
    return store.resolve(LOG_FILE);
  }

  /**
   * Where a client finds the socket, if there may be one.
   *
   * @throws dev.brindle.store.StoreNotPrivateException it may be somebody else's
   */
  Optional<UnixDomainSocketAddress> find() throws IOException {
    Path socket = store.resolve(SOCKET_FILE);
    if (!fits(socket)) {
      Path address = store.resolve(ADDRESS_FILE);
      if (!isThere(address)) {
        return Optional.empty();
      }
      StorePrivacy.verifyFile(store, address);
      socket = Path.of(Files.readString(address).strip());
    }
    if (!isThere(socket)) {
      return Optional.empty();
    }
    StorePrivacy.verifyFile(store, socket);
    return Optional.of(UnixDomainSocketAddress.of(socket));
  }

  /**
   * @throws java.nio.file.AccessDeniedException the directory is another user's, and nobody knows
   */
  private static boolean isThere(Path file) throws IOException {
    try {
      Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** A path to bind to, free of what a dead daemon left. The caller holds the store's lock. */
  UnixDomainSocketAddress prepare() throws IOException {
    remove();
    Path socket = store.resolve(SOCKET_FILE);
    if (!fits(socket)) {
      socket = privateDirectory().resolve(SOCKET_FILE);
      Path address = Files.createFile(store.resolve(ADDRESS_FILE), mode("rw-------"));
      Files.writeString(address, socket + "\n");
    }
    return UnixDomainSocketAddress.of(socket);
  }

  /** Removes the socket and what stands for it. */
  void remove() throws IOException {
    Path address = store.resolve(ADDRESS_FILE);
    if (Files.exists(address)) {
      Path socket = Path.of(Files.readString(address).strip());
      if (socket.isAbsolute() && socket.endsWith(SOCKET_FILE)) {
        Files.deleteIfExists(socket);
        Files.deleteIfExists(Objects.requireNonNull(socket.getParent()));
      }
      Files.delete(address);
    }
    Files.deleteIfExists(store.resolve(SOCKET_FILE));
  }

  private boolean fits(Path socket) {
    return socket.toString().getBytes(StandardCharsets.UTF_8).length <= host.socketPathBytesMax();
  }

  /** Made anew with a name nobody can foresee: what is there already belongs to somebody else. */
  private static Path privateDirectory() throws IOException {
    String runtime = System.getenv("XDG_RUNTIME_DIR");
    Path base = Path.of(runtime == null || runtime.isBlank() ? "/tmp" : runtime);
    byte[] random = new byte[8];
    ThreadLocalRandom.current().nextBytes(random);
    return Files.createDirectory(
        base.resolve("brindle-" + HexFormat.of().formatHex(random)), mode("rwx------"));
  }

  private static FileAttribute<?> mode(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }
}

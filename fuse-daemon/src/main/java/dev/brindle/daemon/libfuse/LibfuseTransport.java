package dev.brindle.daemon.libfuse;

import dev.brindle.daemon.host.Host;
import dev.brindle.daemon.host.Unmounter;
import dev.brindle.daemon.serve.NativeBuffer;
import dev.brindle.daemon.transport.MountException;
import dev.brindle.daemon.transport.Transport;
import dev.brindle.daemon.transport.TransportOptions;
import dev.brindle.daemon.transport.TransportSession;
import dev.brindle.namespace.InodeFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** Mounts through libfuse 2. Safe for any number of threads. */
public final class LibfuseTransport implements Transport {
  private final FuseLibrary library;
  private final Host host;

  private LibfuseTransport(FuseLibrary library, Host host) {
    this.library = library;
    this.host = host;
  }

  /**
   * Loads libfuse 2.
   *
   * @throws MountException when it is not there, with what to install
   */
  public static LibfuseTransport load() throws MountException {
    Host host = Host.current();
    @Nullable Throwable failure = null;
    for (String name : host.fuseLibraries()) {
      try {
        FuseLibrary library =
            LibraryLoader.create(FuseLibrary.class)
                .option(LibraryOption.LoadNow, true)
                .failImmediately()
                .search("/usr/local/lib")
                .load(name);
        return new LibfuseTransport(library, host);
      } catch (UnsatisfiedLinkError e) {
        failure = e;
      }
    }
    throw new MountException(
        MountException.Kind.MACHINE, "libfuse 2 is missing: " + host.fuseLibraryHint(), failure);
  }

  @Override
  public TransportSession mount(InodeFileSystem fileSystem, TransportOptions options)
      throws IOException {
    Path mountPoint = options.mountPoint();
    FuseSession session =
        new FuseSession(
            library,
            fileSystem,
            host,
            options.caching(),
            mountPoint.toString(),
            () -> detach(mountPoint));
    ErrorOutput errorOutput = ErrorOutput.mark();
    NativeBuffer path = NativeBuffer.string(pathBytes(mountPoint));
    Arguments arguments = new Arguments(MountArguments.of(options, host));
    long channel = library.fuse_mount(path.address(), arguments.address());
    if (channel == 0) {
      throw new MountException(
          "cannot mount on " + mountPoint + errorOutput.since(": ", "; see standard error"));
    }
    OperationTable table = session.table();
    long pointer = library.fuse_lowlevel_new(arguments.address(), table.address(), table.size(), 0);
    if (pointer == 0) {
      detach(mountPoint);
      throw new MountException(
          "libfuse refuses its options" + errorOutput.since(": ", "; see standard error"));
    }
    library.fuse_session_add_chan(pointer, channel);
    session.start(pointer, channel);
    return session;
  }

  private static void detach(Path mountPoint) {
    try {
      Unmounter.current().unmount(mountPoint, true);
    } catch (IOException e) {
      Logger.error(e, "{} could not be unmounted", mountPoint);
    }
  }

  /** The path as the JDK itself hands it to the system. */
  private static byte[] pathBytes(Path path) {
    Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    return path.toString().getBytes(charset);
  }

  /** {@code struct fuse_args}; libfuse copies what it changes, and frees its own copies only. */
  private static final class Arguments {
    private final NativeBuffer args = new NativeBuffer(FuseLayout.ARGS_BYTES);
    private final List<NativeBuffer> strings = new ArrayList<>();
    private final NativeBuffer vector;

    Arguments(List<String> values) {
      vector = new NativeBuffer((values.size() + 1) * Long.BYTES);
      for (int i = 0; i < values.size(); i++) {
        NativeBuffer string =
            NativeBuffer.string(
                values
                    .get(i)
                    .getBytes(Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"))));
        strings.add(string);
        vector.bytes().putLong(i * Long.BYTES, string.address());
      }
      ByteBuffer bytes = args.bytes();
      bytes.putInt(FuseLayout.ARGS_ARGC, values.size());
      bytes.putLong(FuseLayout.ARGS_ARGV, vector.address());
    }

    long address() {
      return args.address();
    }
  }
}

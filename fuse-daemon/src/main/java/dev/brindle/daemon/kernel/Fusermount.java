package dev.brindle.daemon.kernel;

import dev.brindle.daemon.host.Host;
import dev.brindle.daemon.serve.NativeBuffer;
import dev.brindle.daemon.transport.MountException;
import dev.brindle.daemon.transport.TransportOptions;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * Mounting for an ordinary user, through the set-uid program {@code fusermount3} or {@code
 * fusermount}: it opens the device, mounts, and sends the descriptor over the socket whose number
 * the environment names ({@code _FUSE_COMMFD}). The socket is the program's descriptor 3, and its
 * standard error a pipe, so that what it says becomes the message. ({@link ProcessBuilder} hands on
 * no descriptors but the first three; hence {@code posix_spawn}.)
 */
final class Fusermount {
  private static final LibC LIBC = Native.LIBC;
  private static final List<String> PROGRAMS = List.of("fusermount3", "fusermount");
  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM = 1;
  private static final int STANDARD_ERROR = 2;
  private static final int CHILD_SOCKET = 3;

  /** Above those that the child gets, so that putting them in their places cuts off none. */
  private static final int F_DUPFD_CLOEXEC = 1030;

  private static final int FIRST_FREE = 10;

  /** {@code sizeof(posix_spawn_file_actions_t)} is 80 with glibc and with musl. */
  private static final int ACTIONS_BYTES = 256;

  private static final int MESSAGE_BYTES_MAX = 2_000;

  private Fusermount() {}

  /**
   * @throws MountException with what the program said
   */
  static Device mount(TransportOptions options) throws IOException {
    try (Descriptors sockets = Descriptors.socketPair();
        Descriptors pipe = Descriptors.pipe()) {
      int process = spawn(options, sockets.second(), pipe.second());
      sockets.closeSecond();
      pipe.closeSecond();
      int descriptor = DescriptorMessage.receive(sockets.first());
      String said = read(pipe.first());
      LIBC.waitpid(process, 0, 0);
      if (descriptor < 0) {
        throw new MountException(
            "cannot mount on %s: %s"
                .formatted(
                    options.mountPoint(), said.isEmpty() ? "fusermount gave no reason" : said));
      }
      return new Device(descriptor);
    }
  }

  private static int spawn(TransportOptions options, int socket, int errors) throws IOException {
    for (String program : PROGRAMS) {
      int process = spawn(program, options, socket, errors);
      if (process > 0) {
        return process;
      }
    }
    throw new MountException(
        "the command fusermount is missing, which ordinary users mount with: "
            + Host.LINUX.fusermountHint());
  }

  /** 0 when there is no such program. */
  private static int spawn(String program, TransportOptions options, int socket, int errors)
      throws IOException {
    List<String> arguments =
        List.of(
            program,
            "-o",
            KernelMount.fusermountOptions(options),
            "--",
            options.mountPoint().toString());
    StringArray argumentArray = new StringArray(arguments);
    StringArray environment = new StringArray(environment(System.getenv()));
    NativeBuffer name = Native.string(program);
    NativeBuffer processId = new NativeBuffer(Long.BYTES);
    NativeBuffer actions = new NativeBuffer(ACTIONS_BYTES);
    LIBC.posix_spawn_file_actions_init(actions.address());
    try {
      LIBC.posix_spawn_file_actions_adddup2(actions.address(), socket, CHILD_SOCKET);
      LIBC.posix_spawn_file_actions_adddup2(actions.address(), errors, STANDARD_ERROR);
      int errno =
          LIBC.posix_spawnp(
              processId.address(),
              name.address(),
              actions.address(),
              0,
              argumentArray.pointer(),
              environment.pointer());
      if (errno == Native.ENOENT) {
        return 0;
      }
      if (errno != 0) {
        throw new MountException("cannot run " + program + ": " + Native.text(errno));
      }
      return processId.bytes().getInt(0);
    } finally {
      LIBC.posix_spawn_file_actions_destroy(actions.address());
      Reference.reachabilityFence(List.of(argumentArray, environment, name));
    }
  }

  /** Each name once: of two entries a program takes the one that comes first. */
  static List<String> environment(Map<String, String> inherited) {
    Map<String, String> values = new TreeMap<>(inherited);
    values.put("_FUSE_COMMFD", Integer.toString(CHILD_SOCKET));
    values.put("LC_ALL", "C");
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .toList();
  }

  /** All that comes, on one line. */
  private static String read(int descriptor) {
    NativeBuffer buffer = new NativeBuffer(MESSAGE_BYTES_MAX);
    int length = 0;
    while (length < MESSAGE_BYTES_MAX) {
      long count = LIBC.read(descriptor, buffer.address() + length, MESSAGE_BYTES_MAX - length);
      if (count <= 0 && !(count < 0 && Native.errno() == Native.EINTR)) {
        break;
      }
      length += (int) Math.max(0, count);
    }
    byte[] text = new byte[length];
    buffer.bytes().get(0, text);
    return new String(text, StandardCharsets.UTF_8).strip().replaceAll("\\s*\\n\\s*", "; ");
  }

  /** A C array of C strings, with a null behind the last. */
  private static final class StringArray {
    private final List<NativeBuffer> strings;
    private final NativeBuffer pointers;

    StringArray(List<String> values) {
      strings = values.stream().map(Native::string).toList();
      pointers = new NativeBuffer((values.size() + 1) * Long.BYTES);
      for (int i = 0; i < strings.size(); i++) {
        pointers.bytes().putLong(i * Long.BYTES, strings.get(i).address());
      }
    }

    Pointer pointer() {
      return Pointer.wrap(Runtime.getSystemRuntime(), pointers.address());
    }
  }

  /** Two descriptors that belong together. */
  private static final class Descriptors implements AutoCloseable {
    private final int first;
    private final int second;
    private boolean secondOpen = true;

    private Descriptors(ByteBuffer pair) throws IOException {
      first = moved(pair.getInt(0));
      second = moved(pair.getInt(Integer.BYTES));
    }

    static Descriptors socketPair() throws IOException {
      NativeBuffer pair = new NativeBuffer(2 * Integer.BYTES);
      Native.check(LIBC.socketpair(AF_UNIX, SOCK_STREAM, 0, pair.address()), "socketpair");
      return new Descriptors(pair.bytes());
    }

    static Descriptors pipe() throws IOException {
      NativeBuffer pair = new NativeBuffer(2 * Integer.BYTES);
      Native.check(LIBC.pipe(pair.address()), "pipe");
      return new Descriptors(pair.bytes());
    }

    private static int moved(int descriptor) throws IOException {
      int result = LIBC.fcntl(descriptor, F_DUPFD_CLOEXEC, FIRST_FREE);
      LIBC.close(descriptor);
      return Native.check(result, "fcntl");
    }

    int first() {
      return first;
    }

    int second() {
      return second;
    }

    void closeSecond() {
      if (secondOpen) {
        secondOpen = false;
        LIBC.close(second);
      }
    }

    @Override
    public void close() {
      closeSecond();
      LIBC.close(first);
    }
  }
}

package dev.brindle.daemon.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.brindle.store.Difference;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Timestamp;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The control socket between a client and a daemon that keeps volumes in a map. */
class ControlServerTest {
  @TempDir Path store;
  private final Map<String, VolumeReport> volumes = new ConcurrentSkipListMap<>();
  private ControlServer server;

  /** Answers a few verbs; the others fail as a bug does. */
  private DaemonControl control() {
    return (DaemonControl)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {DaemonControl.class},
            (proxy, method, args) ->
                switch (method.getName()) {
                  case "volumes" -> List.copyOf(volumes.values());
                  case "createVolume" -> create((String) args[0]);
                  case "deleteVolume" ->
                      throw new FileSystemException(Errno.EBUSY, "it has clones: a, b");
                  case "checkpoint" -> throw new IOException("the disk is on fire");
                  case "diff" -> {
                    @SuppressWarnings("unchecked")
                    Consumer<DiffLine> sink = (Consumer<DiffLine>) args[2];
                    for (int i = 0; i < 5000; i++) {
                      sink.accept(new DiffLine(Difference.Kind.ADDED, "f\uDCFF" + i, null));
                    }
                    yield null;
                  }
                  case "isEnding" -> false;
                  default -> throw new IllegalStateException(method.getName());
                });
  }

  private VolumeReport create(String name) throws IOException {
    VolumeReport report =
        new VolumeReport(volumes.size() + 1, name, name, null, null, new Timestamp(1, 2));
    if (volumes.putIfAbsent(name, report) != null) {
      throw new FileSystemException(Errno.EEXIST, "volume " + name + " exists already");
    }
    return report;
  }

  @BeforeEach
  void start() throws IOException {
    server = ControlServer.start(store, control());
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private ControlClient connect() throws IOException {
    return ControlClient.connect(store).orElseThrow();
  }

  @Test
  void verbs_goThereAndBack() throws IOException {
    try (ControlClient client = connect()) {
      assertEquals(List.of(), client.volumes());
      VolumeReport made = client.createVolume("käse");
      assertEquals(List.of(made), client.volumes());
    }
  }

  @Test
  void refusal_comesAsTheSameException() throws IOException {
    try (ControlClient client = connect()) {
      client.createVolume("a");
      FileSystemException refused =
          assertThrows(FileSystemException.class, () -> client.createVolume("a"));
      assertEquals(Errno.EEXIST, refused.errno());
      assertEquals("volume a exists already", refused.getMessage());
      assertEquals(1, client.volumes().size());
    }
  }

  @Test
  void faults_haveTypes() throws IOException {
    try (ControlClient client = connect()) {
      assertEquals(
          ControlErrorCode.IO, assertThrows(ControlException.class, client::checkpoint).code());
      assertEquals(
          ControlErrorCode.INTERNAL, assertThrows(ControlException.class, client::reclaim).code());
    }
  }

  @Test
  void list_isAsLongAsItIs() throws IOException {
    for (int i = 0; i < 25_000; i++) {
      create("a, volume " + i);
    }
    try (ControlClient client = connect()) {
      assertEquals(List.copyOf(volumes.values()), client.volumes());
    }
  }

  @Test
  void diff_isStreamed() throws IOException {
    List<DiffLine> lines = new ArrayList<>();
    try (ControlClient client = connect()) {
      client.diff(new TreeReference("a", null), new TreeReference("a", "s"), lines::add);
      assertEquals(List.of(), client.volumes());
    }
    assertEquals(5000, lines.size());
    assertEquals("f\uDCFF4999", lines.get(4999).path());
  }

  @Test
  void socket_isTheOwnersAlone() throws IOException {
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(store.resolve("daemon.sock"))));
  }

  @Test
  void connect_withoutDaemon_isEmpty(@TempDir Path other) throws IOException {
    assertTrue(ControlClient.connect(other).isEmpty());
  }

  @Test
  void connect_toADeadDaemonsSocket_isEmptyAndANewOneStarts() throws IOException {
    server.close();
    try (var dead = java.nio.channels.ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(java.net.UnixDomainSocketAddress.of(store.resolve("daemon.sock")));
    }
    assertTrue(Files.exists(store.resolve("daemon.sock")));
    assertTrue(ControlClient.connect(store).isEmpty());
    server = ControlServer.start(store, control());
    try (ControlClient client = connect()) {
      assertEquals(List.of(), client.volumes());
    }
  }

  @Test
  void store_withALongPath_isReachedAndLeavesNothing(@TempDir Path base) throws IOException {
    Path deep = Files.createDirectories(base.resolve("x".repeat(100)).resolve("y".repeat(100)));
    Path socketDirectory;
    try (ControlServer far = ControlServer.start(deep, control());
        ControlClient client = ControlClient.connect(deep).orElseThrow()) {
      assertEquals(List.of(), client.volumes());
      Path socket = Path.of(Files.readString(deep.resolve("daemon.address")).strip());
      socketDirectory = socket.getParent();
      assertEquals(
          "rwx------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(socketDirectory)));
    }
    assertFalse(Files.exists(socketDirectory));
    assertFalse(Files.exists(deep.resolve("daemon.address")));
  }

  private String exchange(byte[] message) throws IOException {
    try (SocketChannel channel =
        SocketChannel.open(new ControlAddress(store).find().orElseThrow())) {
      ByteBuffer out = ByteBuffer.wrap(message);
      try {
        while (out.hasRemaining()) {
          channel.write(out);
        }
        channel.shutdownOutput();
      } catch (IOException alreadyAnsweredAndClosed) {
        // the reply is there to be read
        assertTrue(out.position() > 0);
      }
      ByteBuffer in = ByteBuffer.allocate(1 << 16);
      try {
        while (in.hasRemaining() && channel.read(in) >= 0) {
          continue;
        }
      } catch (IOException reset) {
        assertTrue(reset.getMessage() != null);
      }
      return new String(in.array(), 0, in.position(), StandardCharsets.UTF_8);
    }
  }

  private String code(String message) throws IOException {
    JsonObject reply =
        Wire.parse(exchange((message + "\n").getBytes(StandardCharsets.UTF_8)).strip());
    assertFalse(reply.get("ok").getAsBoolean());
    return reply.getAsJsonObject("error").get("code").getAsString();
  }

  @Test
  void malformedMessages_getATypedError() throws IOException {
    assertEquals("MALFORMED", code("hello"));
    assertEquals("MALFORMED", code("[1,2]"));
    assertEquals("MALFORMED", code("{}"));
    assertEquals("MALFORMED", code("{\"verb\":7}"));
    assertEquals("MALFORMED", code("{\"verb\":\"volume.create\"}"));
    assertEquals("MALFORMED", code("{\"verb\":\"volume.create\",\"args\":{\"name\":{}}}"));
    assertEquals("MALFORMED", code("{\"verb\":\"mount\",\"args\":{\"request\":{}}}"));
    assertEquals("MALFORMED", code("{\"verb\":\"mount\",\"args\":{\"request\":[]}}"));
    assertEquals("MALFORMED", code("{\"verb\":\"diff\",\"args\":{\"from\":{},\"to\":{}}}"));
    assertEquals(
        "MALFORMED",
        code("{\"verb\":\"volume.delete\",\"args\":{\"volume\":\"a\",\"clones\":\"X\"}}"));
    assertEquals("UNKNOWN_VERB", code("{\"verb\":\"explode\"}"));
    assertEquals("MALFORMED", code("[".repeat(100_000)));
    try (ControlClient client = connect()) {
      assertEquals(List.of(), client.volumes());
    }
  }

  @Test
  void message_longerThanAMebibyte_isRefused() throws IOException {
    byte[] endless = new byte[3 << 20];
    java.util.Arrays.fill(endless, (byte) 'x');
    String answer = exchange(endless);
    assertTrue(answer.isEmpty() || answer.contains("MALFORMED"), answer);
    try (ControlClient client = connect()) {
      assertEquals(List.of(), client.volumes());
    }
  }

  @Test
  void randomBytes_neverStopTheServer() throws IOException {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    java.util.Random random = new java.util.Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] noise = new byte[random.nextInt(300)];
      random.nextBytes(noise);
      exchange(noise);
    }
    try (ControlClient client = connect()) {
      assertEquals(List.of(), client.volumes());
    }
  }
}

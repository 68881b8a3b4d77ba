package dev.brindle.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.brindle.daemon.control.ControlClient;
import dev.brindle.daemon.control.ControlServer;
import dev.brindle.daemon.control.LocalStore;
import dev.brindle.daemon.transport.MountException;
import dev.brindle.namespace.KernelCache;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.check.Check;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever comes over the control socket of a daemon with a real store: each request gets a typed
 * answer, memory stays bounded, and the daemon goes on. 200,000 inputs with {@code
 * -Dbrindle.full=true}; {@code -Dbrindle.seed=N} repeats one run.
 */
class ControlFuzzTest {
  private static final int INPUTS = Boolean.getBoolean("brindle.full") ? 200_000 : 5_000;
  private static final int INPUTS_OF_CONNECTION = 50;
  private static final List<String> VERBS =
      List.of(
          "status",
          "volume.list",
          "volume.create",
          "volume.rename",
          "volume.delete",
          "snapshot.list",
          "snapshot.create",
          "snapshot.rename",
          "snapshot.delete",
          "clone.list",
          "clone.create",
          "df",
          "diff",
          "sync",
          "scrub.start",
          "scrub.status",
          "scrub.damages",
          "scrub.stop",
          "mount",
          "umount",
          "explode");
  private static final List<String> ARGUMENTS =
      List.of(
          "volume",
          "snapshot",
          "name",
          "newName",
          "clones",
          "from",
          "to",
          "request",
          "mountPoint",
          "lazy",
          "rate");

  @TempDir Path base;
  private final long seed = Long.getLong("brindle.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Map<String, Integer> codes = new TreeMap<>();
  private Store store;
  private ControlServer server;

  @BeforeEach
  void start() throws IOException {
    Path directory = base.resolve("store");
    Store.create(directory, StoreOptions.defaults().withSegmentBlocks(1024));
    store = Store.open(directory, StoreOptions.defaults());
    MountRegistry mounts =
        new MountRegistry(
            store,
            (fileSystem, options) -> {
              throw new MountException("nothing is mounted in this test");
            },
            () -> {});
    server =
        ControlServer.start(
            directory, new DaemonCommands(LocalStore.on(store, KernelCache.NONE), mounts));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    store.close();
  }

  private UnixDomainSocketAddress address() {
    return UnixDomainSocketAddress.of(store.directory().resolve("daemon.sock"));
  }

  @Test
  void anyInput_getsATypedAnswer_andTheDaemonGoesOn() throws IOException {
    System.out.println("ControlFuzzTest: seed " + seed);
    int connections = 0;
    for (int done = 0; done < INPUTS; done += connection(INPUTS_OF_CONNECTION)) {
      if (connections++ % 100 == 0) {
        expectAlive();
      }
    }
    System.out.println("ControlFuzzTest: " + INPUTS + " inputs, answers " + codes);
    assertTrue(codes.getOrDefault("ok", 0) > INPUTS / 20, "nothing was understood");
    assertTrue(codes.getOrDefault("MALFORMED", 0) > INPUTS / 20, "nothing was malformed");
    assertEquals(null, codes.get("INTERNAL"));
    expectAlive();
    assertEquals(List.of(), Check.run(store, true).problems());
  }

  private void expectAlive() throws IOException {
    try (ControlClient client = ControlClient.connect(store.directory()).orElseThrow()) {
      assertEquals(null, client.status().store().readOnlyReason());
    }
  }

  /**
   * Sends requests one after the other, until the daemon closes for what it cannot understand.
   *
   * @return how many
   */
  private int connection(int inputs) throws IOException {
    try (SocketChannel channel = SocketChannel.open(address())) {
      OutputStream out = Channels.newOutputStream(channel);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
      for (int i = 0; i < inputs; i++) {
        byte[] input = input();
        try {
          out.write(input);
          out.write('\n');
        } catch (IOException closedMeanwhile) {
          return i + 1;
        }
        if (!answered(in, input)) {
          return i + 1;
        }
      }
      return inputs;
    }
  }

  /** Reads items and the answer; false when the connection has ended. */
  private boolean answered(BufferedReader in, byte[] input) throws IOException {
    String line;
    try {
      do {
        line = in.readLine();
      } while (line != null && line.startsWith("{\"item\""));
    } catch (IOException reset) {
      return false;
    }
    if (line == null) {
      return false;
    }
    JsonObject reply = JsonParser.parseString(line).getAsJsonObject();
    String code = "ok";
    if (!reply.get("ok").getAsBoolean()) {
      code = reply.getAsJsonObject("error").get("code").getAsString();
      assertFalse(reply.getAsJsonObject("error").get("message").getAsString().isEmpty());
    }
    if (code.equals("INTERNAL")) {
      throw new AssertionError(
          "seed " + seed + ", input " + new String(input, StandardCharsets.UTF_8) + ": " + line);
    }
    codes.merge(code, 1, Integer::sum);
    return true;
  }

  private byte[] input() {
    byte[] request = request().getBytes(StandardCharsets.UTF_8);
    switch (random.nextInt(20)) {
      case 0 -> {
        byte[] noise = new byte[random.nextInt(200)];
        random.nextBytes(noise);
        return withoutNewline(noise);
      }
      case 1 -> {
        for (int i = random.nextInt(4); i >= 0; i--) {
          request[random.nextInt(request.length)] = (byte) random.nextInt(256);
        }
        return withoutNewline(request);
      }
      case 2 -> {
        return Arrays.copyOf(request, random.nextInt(request.length) + 1);
      }
      default -> {
        return request;
      }
    }
  }

  private static byte[] withoutNewline(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = bytes[i] == '\n' ? (byte) ' ' : bytes[i];
    }
    return bytes;
  }

  private String request() {
    List<String> arguments = new ArrayList<>();
    for (String name : ARGUMENTS) {
      if (random.nextInt(3) > 0) {
        arguments.add("\"" + name + "\":" + argument(name));
      }
    }
    String verb = VERBS.get(random.nextInt(VERBS.size()));
    return "{\"verb\":\"%s\",\"args\":{%s}}".formatted(verb, String.join(",", arguments));
  }

  private String argument(String name) {
    if (random.nextInt(12) == 0) {
      return value(3);
    }
    return switch (name) {
      case "lazy" -> "" + random.nextBoolean();
      case "rate" -> "" + (random.nextInt(1 << 20) + 1);
      case "clones" -> random.nextBoolean() ? "\"DELETE\"" : "\"REFUSE\"";
      case "from", "to" ->
          "{\"volume\":%s%s}"
              .formatted(name(), random.nextBoolean() ? ",\"snapshot\":" + name() : "");
      case "mountPoint" -> mountPoint();
      case "request" ->
          "{\"volume\":%s,\"mountPoint\":%s,\"options\":%s}"
              .formatted(
                  name(),
                  mountPoint(),
                  random.nextBoolean() ? "{\"snapshots\":\"HIDDEN\"}" : value(2));
      default -> name();
    };
  }

  /** Of few names, so that requests meet. */
  private String name() {
    return switch (random.nextInt(12)) {
      case 0 -> value(0);
      case 1 -> "\"\"";
      case 2 -> "\"..\"";
      case 3 -> "\"a/b/" + (char) ('a' + random.nextInt(3)) + "\"";
      default -> "\"" + (char) ('a' + random.nextInt(4)) + "\"";
    };
  }

  /** Never a place outside the test's directory that could be made. */
  private String mountPoint() {
    return switch (random.nextInt(5)) {
      case 0 -> "\"relative\"";
      case 1 -> "\"" + base + "/no/such/place\"";
      case 2 -> "\"" + base + "/\\u0000\"";
      case 3 -> "\"" + base + "/\\ud800x\"";
      default -> "\"" + base + "/store\"";
    };
  }

  private String value(int depth) {
    return switch (random.nextInt(depth == 0 ? 8 : depth == 3 ? 11 : 10)) {
      case 0 -> "null";
      case 1 -> "true";
      case 2 -> "-1";
      case 3 -> "1e999999999";
      case 4 -> "" + random.nextLong();
      case 5 -> "\"" + "x".repeat(random.nextInt(5_000)) + "\"";
      case 6 -> "\"\\u0000\\ud800\\udc80\"";
      case 7 -> "\"\\udcff/\\u0001\"";
      case 8 -> "[" + value(depth - 1) + "," + value(depth - 1) + "]";
      case 9 -> "{\"" + (char) ('a' + random.nextInt(26)) + "\":" + value(depth - 1) + "}";
      default -> "[".repeat(random.nextInt(3_000));
    };
  }

  @Test
  void manyHugeRequests_takeBoundedMemory() throws IOException {
    byte[] wide = ("{\"verb\":[" + "[],".repeat(300_000) + "0]}").getBytes(StandardCharsets.UTF_8);
    List<SocketChannel> channels = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        SocketChannel channel = SocketChannel.open(address());
        channels.add(channel);
        try {
          Channels.newOutputStream(channel).write(wide);
        } catch (IOException refused) {
          continue;
        }
      }
      expectAlive();
    } finally {
      for (SocketChannel channel : channels) {
        channel.close();
      }
    }
    expectAlive();
  }

  @Test
  void manySilentAndHalfConnections_keepNobodyOut() throws Exception {
    List<SocketChannel> channels = new ArrayList<>();
    try {
      for (int i = 0; i < 300; i++) {
        SocketChannel channel = SocketChannel.open(address());
        channels.add(channel);
        if (i % 2 == 0) {
          try {
            Channels.newOutputStream(channel)
                .write("{\"verb\":\"sta".getBytes(StandardCharsets.UTF_8));
          } catch (IOException refused) {
            continue;
          }
        }
      }
      Thread.sleep(3_000);
      expectAlive();
    } finally {
      for (SocketChannel channel : channels) {
        channel.close();
      }
    }
    expectAlive();
  }
}

package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** {@code brindle scrub} of a mounted store and of one that is not. */
final class ScrubIT {
  private static final int BLOCK_BYTES = 4096;

  @Test
  void scrub_ofAMountedStore_tellsDamageByPathVolumeAndSnapshot() throws Exception {
    try (MountedStore store = MountedStore.mounted()) {
      Path file = store.path("d/file");
      Files.createDirectory(file.getParent());
      byte[] content = LedgerContent.bytes(42, 0, 40 * BLOCK_BYTES).array();
      Files.write(file, content);
      store.shell().ok("mkdir .snapshots/s; head -c 3000000 /dev/urandom > other; sync other");
      assertEquals(
          "FINISHED",
          scrub(0, "--json", store.root()).getAsJsonObject("scrub").get("state").getAsString());

      flip(
          store.store().resolve("log"),
          Arrays.copyOfRange(content, 7 * BLOCK_BYTES, 8 * BLOCK_BYTES));

      JsonObject found = scrub(6, "--json", store.store());
      assertEquals(2, found.getAsJsonArray("damages").size(), found::toString);
      for (var element : found.getAsJsonArray("damages")) {
        JsonObject damage = element.getAsJsonObject();
        assertEquals("main", damage.get("volume").getAsString());
        assertEquals("d/file", damage.get("path").getAsString());
        assertEquals(7 * BLOCK_BYTES, damage.get("offset").getAsLong());
        assertEquals(BLOCK_BYTES, damage.get("length").getAsLong());
        assertTrue(damage.get("cause").getAsString().contains("log/"), damage::toString);
      }
      Output text = Brindle.run("scrub", "--status", store.root()).expectStatus(6);
      assertTrue(text.out().contains("main@s: d/file: 4.0 KiB from byte 28,672 on"), text::out);
      assertTrue(text.out().contains("2 damages"), text::out);

      Brindle.ok("scrub", "--background", "--rate", "1K", store.root());
      Brindle.run("scrub", store.root()).expectStatus(4).expectFailure("running already");
      Output stopped = Brindle.run("scrub", "--stop", store.root()).expectSuccess();
      assertTrue(stopped.out().contains("Scrub stopped"), stopped::out);

      store.umount();
      store.awaitEnd();
      Output direct = Brindle.run("scrub", store.store()).expectStatus(6);
      assertTrue(direct.out().contains("main: d/file: 4.0 KiB"), direct::out);
    }
  }

  /** A scrub that is under way is no reason to wait for it when the last mount goes. */
  @Test
  void umount_endsAScrub() {
    try (MountedStore store = MountedStore.mounted()) {
      store.shell().ok("head -c 20000000 /dev/urandom > f; sync f");
      Brindle.ok("scrub", "--background", "--rate", "1K", store.root());
      store.umount();
      store.awaitEnd();
    }
  }

  private static JsonObject scrub(int status, Object... arguments) {
    Object[] all = new Object[arguments.length + 1];
    all[0] = "scrub";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return JsonParser.parseString(Brindle.run(all).expectStatus(status).out()).getAsJsonObject();
  }

  /** The store is open: the cleaner may delete a segment meanwhile. */
  private static byte[] readIfThere(Path segment) throws IOException {
    try {
      return Files.readAllBytes(segment);
    } catch (NoSuchFileException e) {
      return new byte[0];
    }
  }

  private static void flip(Path log, byte[] block) throws IOException {
    try (DirectoryStream<Path> segments = Files.newDirectoryStream(log, "*.seg")) {
      for (Path segment : segments) {
        byte[] bytes = readIfThere(segment);
        for (int at = 0; at + BLOCK_BYTES <= bytes.length; at += BLOCK_BYTES) {
          if (ByteBuffer.wrap(bytes, at, BLOCK_BYTES).equals(ByteBuffer.wrap(block))) {
            try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
              file.seek(at + 99);
              file.write(bytes[at + 99] ^ 16);
            }
            return;
          }
        }
      }
    }
    throw new AssertionError("the block is not in the log");
  }
}

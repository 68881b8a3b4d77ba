package dev.brindle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.brindle.daemon.control.NameText;
import dev.brindle.daemon.control.SnapshotReport;
import dev.brindle.daemon.control.VolumeReport;
import dev.brindle.store.Timestamp;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class JsonTest {
  private static String print(Object value) throws IOException {
    StringWriter out = new StringWriter();
    Json.print(value, out);
    return out.toString();
  }

  @Test
  void print_timesAreIso8601AndNullsAreThere() throws IOException {
    VolumeReport volume =
        new VolumeReport(7, "main", "main", null, null, new Timestamp(1_700_000_000L, 5_000));

    JsonObject json = JsonParser.parseString(print(volume)).getAsJsonObject();

    assertEquals("2023-11-14T22:13:20.000005Z", json.get("created").getAsString());
    assertEquals(true, json.get("origin").isJsonNull());
    assertEquals(7, json.get("id").getAsLong());
  }

  @Test
  void print_nameThatIsNotUtf8_survivesEncodingAndParsing() throws IOException {
    byte[] name = {
      'a', (byte) 0xFF, (byte) 0xF0, (byte) 0x9F, (byte) 0x93, (byte) 0xA6, (byte) 0x80
    };
    SnapshotReport snapshot = new SnapshotReport(1, "main", NameText.of(name), new Timestamp(0, 0));

    byte[] encoded = print(snapshot).getBytes(StandardCharsets.UTF_8);

    String parsed =
        JsonParser.parseString(new String(encoded, StandardCharsets.UTF_8))
            .getAsJsonObject()
            .get("name")
            .getAsString();
    assertArrayEquals(name, NameText.bytes(parsed));
  }
}

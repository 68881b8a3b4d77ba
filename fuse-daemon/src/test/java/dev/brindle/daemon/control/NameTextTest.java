package dev.brindle.daemon.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class NameTextTest {
  @Property
  void bytes_ofTheTextOfAnyBytes_areTheSame(@ForAll byte[] bytes) {
    assertArrayEquals(bytes, NameText.bytes(NameText.of(bytes)));
  }

  @Property
  void text_survivesTheWire(@ForAll byte[] bytes) throws Exception {
    JsonObject message = new JsonObject();
    message.addProperty("name", NameText.of(bytes));
    JsonObject read = Wire.parse(Wire.ascii(Wire.GSON.toJson(message)));
    assertArrayEquals(bytes, NameText.bytes(read.get("name").getAsString()));
  }

  @Test
  void of_utf8_isPlainText() {
    assertEquals(
        "käse 🧀", NameText.of("käse 🧀".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  @Test
  void of_invalidBytes_areEscaped() {
    assertEquals("\uDCFFa\uDCC3(", NameText.of(new byte[] {(byte) 0xFF, 'a', (byte) 0xC3, '('}));
  }
}

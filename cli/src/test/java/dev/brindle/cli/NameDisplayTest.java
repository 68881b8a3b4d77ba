package dev.brindle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.daemon.control.NameText;
import org.junit.jupiter.api.Test;

final class NameDisplayTest {
  @Test
  void of_ordinaryName_staysAsItIs() {
    assertEquals("src/Größe 📦.txt", NameDisplay.of("src/Größe 📦.txt"));
  }

  @Test
  void of_nameThatATerminalCouldMisread_isQuoted() {
    assertEquals("\"a\\nb\\t\\\"\\\\\\033[31m\"", NameDisplay.of("a\nb\t\"\\\033[31m"));
    assertEquals("\"\\302\\205\"", NameDisplay.of("\u0085"));
  }

  @Test
  void of_bytesThatAreNotUtf8_areOctal() {
    byte[] name = {'x', (byte) 0xFF, (byte) 0xC3, 'y'};

    assertEquals("\"x\\377\\303y\"", NameDisplay.of(NameText.of(name)));
  }
}

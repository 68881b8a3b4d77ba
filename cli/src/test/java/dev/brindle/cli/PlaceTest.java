package dev.brindle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PlaceTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "/none/store, /none/store, ''",
    "/none/store:main, /none/store, :main",
    "/none/store:main/test@monday, /none/store, :main/test@monday",
    "/none/store@monday, /none/store, @monday",
    "/none/me@home/store, /none/me@home/store, ''",
    "@monday, '', @monday",
    "@a:b, '', @a:b",
    ":main@monday, '', :main@monday",
    "'', '', ''"
  })
  void parse_pathThatIsNotThere_cutsAtTheFirstSign(String text, String path, String version) {
    assertEquals(new Place(path, version), Place.parse(text));
  }

  @Test
  void parse_directoryWithSignsInItsName_takesTheLongestThatIsThere() throws IOException {
    Path odd = Files.createDirectories(directory.resolve("a:b@c"));

    assertEquals(new Place(odd.toString(), ""), Place.parse(odd.toString()));
    assertEquals(new Place(odd.toString(), ":main"), Place.parse(odd + ":main"));
    assertEquals(new Place(odd.toString(), "@@GMT-1"), Place.parse(odd + "@@GMT-1"));
  }

  @Test
  void name_leavesOutTheColon() {
    assertEquals("main@monday", new Place("/s", ":main@monday").name());
    assertTrue(new Place("", "@monday").isRelative());
  }
}

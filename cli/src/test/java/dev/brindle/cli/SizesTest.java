package dev.brindle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SizesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "999, 999 B",
    "1000, 1.0 KiB",
    "4096, 4.0 KiB",
    "10188, 9.9 KiB",
    "10189, 10 KiB",
    "1023487, 999 KiB",
    "1023488, 1.0 MiB",
    "1048576, 1.0 MiB",
    "67108864, 64 MiB",
    "9223372036854775807, 8.0 EiB",
    "-4096, -4.0 KiB"
  })
  void human_hasAtMostThreeDigits(long bytes, String expected) {
    assertEquals(expected, Sizes.human(bytes));
  }
}

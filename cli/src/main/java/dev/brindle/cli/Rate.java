package dev.brindle.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Bytes per second, as they are typed: {@code 500000}, {@code 500K}, {@code 20M}, {@code 1G}.
 *
 * @param bytes at least 1
 */
record Rate(long bytes) {
  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,9})([KMG]?)(?:I?B)?");

  /** Reads what was typed. */
  static final class Converter implements ITypeConverter<Rate> {
    @Override
    public Rate convert(String text) {
      Matcher form = FORM.matcher(text.toUpperCase(Locale.ROOT));
      if (!form.matches()) {
        throw new TypeConversionException("\"" + text + "\" is no rate; try 500K, 20M or 1G");
      }
      int shift =
          switch (form.group(2)) {
            case "K" -> 10;
            case "M" -> 20;
            case "G" -> 30;
            default -> 0;
          };
      return new Rate(Long.parseLong(form.group(1)) << shift);
    }
  }
}

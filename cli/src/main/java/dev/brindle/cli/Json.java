package dev.brindle.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import dev.brindle.store.Timestamp;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.util.Locale;

/**
 * The output of {@code --json}: one document, indented; sizes in bytes, times as ISO-8601 in UTC,
 * fields that do not apply as null. Bytes of a name that are not UTF-8 are written as the lone
 * surrogates U+DC80 to U+DCFF, which is how Python ({@code surrogateescape}) has them too.
 */
final class Json {
  static final Gson GSON =
      new GsonBuilder()
          .setPrettyPrinting()
          .serializeNulls()
          .disableHtmlEscaping()
          .registerTypeAdapter(Timestamp.class, new TimestampAdapter().nullSafe())
          .create();

  private Json() {}

  static void print(Object value, Writer out) throws IOException {
    Writer escaping = new SurrogateEscaper(out);
    GSON.toJson(value, escaping);
    escaping.write(System.lineSeparator());
    escaping.flush();
  }

  /** A writer of one array whose elements are not known beforehand. */
  static JsonWriter arrayWriter(Writer out) throws IOException {
    return GSON.newJsonWriter(new SurrogateEscaper(out));
  }

  private static final class TimestampAdapter extends TypeAdapter<Timestamp> {
    @Override
    public void write(JsonWriter out, Timestamp value) throws IOException {
      out.value(value.toInstant().toString());
    }

    @Override
    public Timestamp read(JsonReader in) throws IOException {
      Instant instant = Instant.parse(in.nextString());
      return new Timestamp(instant.getEpochSecond(), instant.getNano());
    }
  }

  /** Writes a surrogate that has no partner, which no encoder takes, as its escape. */
  private static final class SurrogateEscaper extends FilterWriter {
    SurrogateEscaper(Writer out) {
      super(out);
    }

    @Override
    public void write(int c) throws IOException {
      write(new char[] {(char) c}, 0, 1);
    }

    @Override
    public void write(char[] chars, int offset, int length) throws IOException {
      write(new String(chars, offset, length), 0, length);
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
      int plain = offset;
      for (int i = offset; i < offset + length; i++) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)
            && i + 1 < offset + length
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          i++;
        } else if (Character.isSurrogate(c)) {
          out.write(text, plain, i - plain);
          out.write(String.format(Locale.ROOT, "\\u%04x", (int) c));
          plain = i + 1;
        }
      }
      out.write(text, plain, offset + length - plain);
    }
  }
}

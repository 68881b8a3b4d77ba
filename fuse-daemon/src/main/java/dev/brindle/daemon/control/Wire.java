package dev.brindle.daemon.control;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** One end of a control connection: lines of JSON, bounded in length. */
final class Wire implements Closeable {
  static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  /** A reply's line. */
  static final int REPLY_BYTES_MAX = 1 << 20;

  /** Values in a message; each costs some dozen bytes of heap. */
  private static final int VALUES_MAX = 20_000;

  private final SocketChannel channel;
  private final InputStream in;
  private final OutputStream out;
  private final int lineBytesMax;
  private final byte[] block = new byte[8192];
  private int blockStart;
  private int blockEnd;

  /**
   * @param lineBytesMax the longest message that is taken, in bytes
   */
  Wire(SocketChannel channel, int lineBytesMax) {
    this.channel = channel;
    this.lineBytesMax = lineBytesMax;
    in = Channels.newInputStream(channel);
    out = Channels.newOutputStream(channel);
  }

  /**
   * The next message; empty when the other end has closed.
   *
   * @throws ControlException MALFORMED for a line that is too long or no JSON object
   */
  Optional<JsonObject> receive() throws IOException {
    Optional<String> line = line();
    return line.isEmpty() ? Optional.empty() : Optional.of(parse(line.get()));
  }

  static JsonObject parse(String line) throws ControlException {
    if (line.chars().filter(c -> c == ',' || c == '[' || c == '{').count() > VALUES_MAX) {
      throw new ControlException(ControlErrorCode.MALFORMED, "the message has too many values");
    }
    try {
      JsonElement element = JsonParser.parseString(line);
      if (element.isJsonObject()) {
        return element.getAsJsonObject();
      }
    } catch (JsonParseException | StackOverflowError e) {
      throw new ControlException(ControlErrorCode.MALFORMED, "the message is not JSON", e);
    }
    throw new ControlException(ControlErrorCode.MALFORMED, "the message is no JSON object");
  }

  private Optional<String> line() throws IOException {
    ByteBuffer line = ByteBuffer.allocate(block.length);
    while (true) {
      while (blockStart < blockEnd) {
        byte next = block[blockStart++];
        if (next == '\n') {
          return Optional.of(new String(line.array(), 0, line.position(), StandardCharsets.UTF_8));
        }
        line = withRoom(line).put(next);
      }
      int count = in.read(block);
      if (count < 0) {
        if (line.position() > 0) {
          throw new ControlException(
              ControlErrorCode.UNREACHABLE, "the connection broke in the middle of a message");
        }
        return Optional.empty();
      }
      blockStart = 0;
      blockEnd = count;
    }
  }

  private ByteBuffer withRoom(ByteBuffer line) throws ControlException {
    if (line.hasRemaining()) {
      return line;
    }
    if (line.capacity() >= lineBytesMax) {
      throw new ControlException(
          ControlErrorCode.MALFORMED, "the message is longer than " + lineBytesMax + " bytes");
    }
    return ByteBuffer.allocate(line.capacity() * 2).put(line.flip());
  }

  void send(JsonObject message) throws IOException {
    out.write((ascii(GSON.toJson(message)) + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Other characters stand in strings only, where an escape is the same; lone surrogates need it.
   */
  static String ascii(String json) {
    StringBuilder ascii = new StringBuilder(json.length() + 16);
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c < 0x7F) {
        ascii.append(c);
      } else {
        ascii.append(String.format("\\u%04x", (int) c));
      }
    }
    return ascii.toString();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

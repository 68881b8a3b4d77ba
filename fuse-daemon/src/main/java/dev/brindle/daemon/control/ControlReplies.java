package dev.brindle.daemon.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonSyntaxException;
import java.io.IOException;

/** Replies of the control protocol as lines of text, for the pipe to a daemon that is starting. */
public final class ControlReplies {
  private ControlReplies() {}

  public static String success(Object result) {
    JsonObject reply = new JsonObject();
    reply.addProperty("ok", true);
    reply.add("result", Wire.GSON.toJsonTree(result));
    return Wire.ascii(Wire.GSON.toJson(reply));
  }

  public static String failure(Throwable fault) {
    JsonObject reply = new JsonObject();
    reply.addProperty("ok", false);
    reply.add("error", Errors.toJson(fault));
    return Wire.ascii(Wire.GSON.toJson(reply));
  }

  /** Whether a line is a reply, and not a sentence of somebody else. */
  public static boolean isReply(String line) {
    return line.startsWith("{");
  }

  /**
   * The result of a reply.
   *
   * @throws IOException what the reply says went wrong
   */
  public static <T> T result(String line, Class<T> type) throws IOException {
    JsonObject reply = Wire.parse(line);
    JsonElement ok = reply.get("ok");
    if (ok == null || !ok.isJsonPrimitive() || !ok.getAsBoolean()) {
      throw Errors.toException(reply.get("error"));
    }
    return read(Wire.GSON.toJson(reply.get("result")), type);
  }

  /**
   * @throws JsonSyntaxException it is not JSON of this type
   */
  public static <T> T read(String json, Class<T> type) {
    T value = Wire.GSON.fromJson(json, type);
    if (value == null) {
      throw new JsonSyntaxException("empty");
    }
    return value;
  }

  public static String write(Object value) {
    return Wire.ascii(Wire.GSON.toJson(value));
  }
}

package dev.brindle.daemon.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import org.jspecify.annotations.Nullable;

/** The arguments of a request; what is missing or of another type is MALFORMED. */
final class Arguments {
  private final JsonObject args;

  Arguments(JsonObject args) {
    this.args = args;
  }

  String text(String name) throws ControlException {
    String text = optionalText(name);
    if (text == null) {
      throw malformed(name);
    }
    return text;
  }

  @Nullable String optionalText(String name) throws ControlException {
    JsonElement value = args.get(name);
    if (value == null || value.isJsonNull()) {
      return null;
    }
    if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
      throw malformed(name);
    }
    return value.getAsString();
  }

  boolean flag(String name) throws ControlException {
    JsonElement value = args.get(name);
    if (value == null || !value.isJsonPrimitive() || !value.getAsJsonPrimitive().isBoolean()) {
      throw malformed(name);
    }
    return value.getAsBoolean();
  }

  /** A whole number, 0 or larger. */
  long number(String name) throws ControlException {
    JsonElement value = args.get(name);
    if (value != null && value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber()) {
      try {
        long number = value.getAsBigDecimal().longValueExact();
        if (number >= 0) {
          return number;
        }
      } catch (ArithmeticException | NumberFormatException e) {
        throw new ControlException(ControlErrorCode.MALFORMED, "bad argument " + name, e);
      }
    }
    throw malformed(name);
  }

  <T extends Enum<T>> T constant(String name, Class<T> type) throws ControlException {
    String text = text(name);
    for (T constant : type.getEnumConstants()) {
      if (constant.name().equals(text)) {
        return constant;
      }
    }
    throw malformed(name);
  }

  /** An object; its members may still be null. */
  <T> T object(String name, Class<T> type) throws ControlException {
    try {
      T value = Wire.GSON.fromJson(args.get(name), type);
      if (value != null) {
        return value;
      }
    } catch (JsonParseException | NumberFormatException e) {
      throw new ControlException(ControlErrorCode.MALFORMED, "bad argument " + name, e);
    }
    throw malformed(name);
  }

  private static ControlException malformed(String name) {
    return new ControlException(
        ControlErrorCode.MALFORMED, "the argument " + name + " is missing or of the wrong type");
  }
}

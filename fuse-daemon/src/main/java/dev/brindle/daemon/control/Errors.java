package dev.brindle.daemon.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.brindle.daemon.transport.MountException;
import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.IndexLostException;
import dev.brindle.store.StoreLockedException;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** Exceptions as the control protocol carries them, and back. */
public final class Errors {
  private Errors() {}

  /** Faults are logged, refusals are not. */
  static JsonObject toJson(Throwable fault) {
    if (fault instanceof FileSystemException refused) {
      return json(refused.errno().name(), fault);
    }
    if (fault instanceof ControlException control) {
      return json(control.code().name(), fault);
    }
    if (fault instanceof MountException mount) {
      return json(code(mount.kind()).name(), fault);
    }
    if (fault instanceof StoreLockedException) {
      return json(ControlErrorCode.STORE_LOCKED.name(), fault);
    }
    if (fault instanceof CorruptStoreException || fault instanceof IndexLostException) {
      Logger.error(fault, "a command failed: the store is damaged");
      return json(ControlErrorCode.DAMAGED.name(), fault);
    }
    if (fault instanceof IOException) {
      Logger.error(fault, "a command failed");
      return json(ControlErrorCode.IO.name(), fault);
    }
    Logger.error(fault, "a command failed by a bug");
    return json(ControlErrorCode.INTERNAL.name(), fault);
  }

  private static ControlErrorCode code(MountException.Kind kind) {
    return switch (kind) {
      case FAILED -> ControlErrorCode.MOUNT_FAILED;
      case MOUNT_POINT -> ControlErrorCode.MOUNT_POINT_REFUSED;
      case MACHINE -> ControlErrorCode.MACHINE_LACKS;
    };
  }

  private static JsonObject json(String code, Throwable fault) {
    JsonObject error = new JsonObject();
    error.addProperty("code", code);
    error.addProperty("message", Objects.requireNonNullElse(fault.getMessage(), fault.toString()));
    return error;
  }

  /** The exception that an error stands for. */
  static IOException toException(@Nullable JsonElement error) {
    String code = text(error, "code");
    String message = text(error, "message");
    for (Errno errno : Errno.values()) {
      if (errno.name().equals(code)) {
        return new FileSystemException(errno, message);
      }
    }
    for (ControlErrorCode known : ControlErrorCode.values()) {
      if (known.name().equals(code)) {
        return new ControlException(known, message);
      }
    }
    return new ControlException(ControlErrorCode.INTERNAL, message);
  }

  private static String text(@Nullable JsonElement error, String member) {
    if (error != null && error.isJsonObject()) {
      JsonElement value = error.getAsJsonObject().get(member);
      if (value != null && value.isJsonPrimitive()) {
        return value.getAsString();
      }
    }
    return "the daemon gave no reason";
  }
}

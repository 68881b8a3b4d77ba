package dev.brindle.daemon.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import dev.brindle.store.CloneDisposition;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The verbs of the control protocol and what each calls. */
final class Verbs {
  static final String STATUS = "status";
  static final String VOLUME_LIST = "volume.list";
  static final String VOLUME_CREATE = "volume.create";
  static final String VOLUME_RENAME = "volume.rename";
  static final String VOLUME_DELETE = "volume.delete";
  static final String SNAPSHOT_LIST = "snapshot.list";
  static final String SNAPSHOT_CREATE = "snapshot.create";
  static final String SNAPSHOT_RENAME = "snapshot.rename";
  static final String SNAPSHOT_DELETE = "snapshot.delete";
  static final String CLONE_LIST = "clone.list";
  static final String CLONE_CREATE = "clone.create";
  static final String DF = "df";
  static final String DIFF = "diff";
  static final String SYNC = "sync";
  static final String CHECKPOINT = "checkpoint";
  static final String RECLAIM = "reclaim";
  static final String SCRUB_START = "scrub.start";
  static final String SCRUB_STATUS = "scrub.status";
  static final String SCRUB_DAMAGES = "scrub.damages";
  static final String SCRUB_STOP = "scrub.stop";
  static final String MOUNT = "mount";
  static final String UMOUNT = "umount";

  static final String VOLUME = "volume";
  static final String SNAPSHOT = "snapshot";
  static final String NAME = "name";
  static final String NEW_NAME = "newName";
  static final String CLONES = "clones";
  static final String FROM = "from";
  static final String TO = "to";
  static final String REQUEST = "request";
  static final String MOUNT_POINT = "mountPoint";
  static final String LAZY = "lazy";
  static final String RATE = "rate";

  /** Answers one verb. */
  interface Handler {
    /**
     * @param items takes what is handed out before the result
     */
    @Nullable Object run(Arguments arguments, Consumer<Object> items) throws IOException;
  }

  private final Map<String, Handler> handlers = new HashMap<>();

  Verbs(DaemonControl control) {
    registerVolumes(control);
    registerSnapshots(control);
    registerStore(control);
    handlers.put(MOUNT, (a, items) -> control.mount(valid(a.object(REQUEST, MountRequest.class))));
    handlers.put(
        UMOUNT,
        (a, items) -> {
          control.umount(path(a.text(MOUNT_POINT)), a.flag(LAZY));
          return control.isEnding();
        });
  }

  private void registerVolumes(StoreControl control) {
    handlers.put(VOLUME_LIST, (a, items) -> each(control.volumes(), items));
    handlers.put(VOLUME_CREATE, (a, items) -> control.createVolume(a.text(NAME)));
    handlers.put(
        VOLUME_RENAME, (a, items) -> control.renameVolume(a.text(VOLUME), a.text(NEW_NAME)));
    handlers.put(
        VOLUME_DELETE,
        (a, items) -> {
          control.deleteVolume(a.text(VOLUME), a.constant(CLONES, CloneDisposition.class));
          return null;
        });
    handlers.put(CLONE_LIST, (a, items) -> each(control.clones(a.text(VOLUME)), items));
    handlers.put(
        CLONE_CREATE,
        (a, items) -> control.createClone(a.text(VOLUME), a.optionalText(SNAPSHOT), a.text(NAME)));
  }

  private void registerSnapshots(StoreControl control) {
    handlers.put(SNAPSHOT_LIST, (a, items) -> each(control.snapshots(a.text(VOLUME)), items));
    handlers.put(
        SNAPSHOT_CREATE, (a, items) -> control.createSnapshot(a.text(VOLUME), a.text(NAME)));
    handlers.put(
        SNAPSHOT_RENAME,
        (a, items) -> control.renameSnapshot(a.text(VOLUME), a.text(NAME), a.text(NEW_NAME)));
    handlers.put(
        SNAPSHOT_DELETE,
        (a, items) -> {
          control.deleteSnapshot(a.text(VOLUME), a.text(NAME));
          return null;
        });
  }

  private void registerStore(StoreControl control) {
    handlers.put(STATUS, (a, items) -> control.status());
    handlers.put(DF, (a, items) -> each(control.spaceUsage(a.optionalText(VOLUME)), items));
    handlers.put(
        DIFF,
        (a, items) -> {
          control.diff(
              valid(a.object(FROM, TreeReference.class)),
              valid(a.object(TO, TreeReference.class)),
              items::accept);
          return null;
        });
    handlers.put(
        SYNC,
        (a, items) -> {
          control.sync();
          return null;
        });
    handlers.put(
        CHECKPOINT,
        (a, items) -> {
          control.checkpoint();
          return null;
        });
    handlers.put(
        RECLAIM,
        (a, items) -> {
          control.reclaim();
          return null;
        });
    registerScrub(control);
  }

  private void registerScrub(StoreControl control) {
    handlers.put(
        SCRUB_START,
        (a, items) -> {
          control.startScrub(a.number(RATE));
          return null;
        });
    handlers.put(SCRUB_STATUS, (a, items) -> control.scrubStatus());
    handlers.put(
        SCRUB_DAMAGES,
        (a, items) -> {
          control.scrubDamages(items::accept);
          return null;
        });
    handlers.put(
        SCRUB_STOP,
        (a, items) -> {
          control.stopScrub();
          return null;
        });
  }

  /** A list is handed out one by one: a message is bounded, and it is not. */
  private static @Nullable Object each(List<?> list, Consumer<Object> items) {
    list.forEach(items);
    return null;
  }

  JsonElement run(String verb, Arguments arguments, Consumer<Object> items) throws IOException {
    Handler handler = handlers.get(verb);
    if (handler == null) {
      throw new ControlException(
          ControlErrorCode.UNKNOWN_VERB,
          "the daemon (%s) does not know the verb %s".formatted(BrindleVersion.text(), verb));
    }
    Object result = handler.run(arguments, items);
    return result == null ? JsonNull.INSTANCE : Wire.GSON.toJsonTree(result);
  }

  @SuppressWarnings("ConstantValue") // Gson leaves null what the message does not have
  private static MountRequest valid(MountRequest request) throws ControlException {
    if (request.volume() == null
        || request.mountPoint() == null
        || request.options() == null
        || request.options().snapshots() == null) {
      throw new ControlException(ControlErrorCode.MALFORMED, "the mount request is incomplete");
    }
    path(request.mountPoint());
    return request;
  }

  private static Path path(String text) throws ControlException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new ControlException(ControlErrorCode.MALFORMED, "that is no path", e);
    }
  }

  @SuppressWarnings("ConstantValue") // Gson leaves null what the message does not have
  private static TreeReference valid(TreeReference reference) throws ControlException {
    if (reference.volume() == null) {
      throw new ControlException(ControlErrorCode.MALFORMED, "a tree without a volume");
    }
    return reference;
  }
}

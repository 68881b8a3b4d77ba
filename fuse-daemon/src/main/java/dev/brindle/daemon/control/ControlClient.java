package dev.brindle.daemon.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import dev.brindle.daemon.host.StuckDaemon;
import dev.brindle.store.CloneDisposition;
import dev.brindle.store.disk.StoreLock;
import dev.brindle.store.scrub.ScrubStatus;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The daemon of a store, asked over its control socket. For one thread at a time. */
public final class ControlClient implements DaemonControl {
  private final Path store;
  private final Wire wire;

  private ControlClient(Path store, Wire wire) {
    this.store = store;
    this.wire = wire;
  }

  /**
   * Connects to the daemon that serves a store.
   *
   * @return empty when none does
   */
  public static Optional<ControlClient> connect(Path store) throws IOException {
    Optional<UnixDomainSocketAddress> address = new ControlAddress(store).find();
    if (address.isEmpty()) {
      return Optional.empty();
    }
    refuseStopped(store);
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(address.get());
      return Optional.of(new ControlClient(store, new Wire(channel, Wire.REPLY_BYTES_MAX)));
    } catch (ConnectException | NoSuchFileException e) {
      channel.close();
      return Optional.empty();
    } catch (IOException e) {
      channel.close();
      throw new ControlException(
          ControlErrorCode.UNREACHABLE,
          "cannot reach the daemon of " + store + ": " + e.getMessage(),
          e);
    }
  }

  private static void refuseStopped(Path store) throws IOException {
    Optional<String> stopped = StuckDaemon.describeStopped(store);
    if (stopped.isPresent()) {
      throw new ControlException(ControlErrorCode.STOPPED, stopped.get());
    }
  }

  @Override
  public StatusReport status() throws IOException {
    return call(Verbs.STATUS, StatusReport.class);
  }

  @Override
  public List<VolumeReport> volumes() throws IOException {
    return list(Verbs.VOLUME_LIST, VolumeReport.class);
  }

  @Override
  public VolumeReport createVolume(String name) throws IOException {
    return call(Verbs.VOLUME_CREATE, VolumeReport.class, Verbs.NAME, name);
  }

  @Override
  public VolumeReport renameVolume(String volume, String newName) throws IOException {
    return call(
        Verbs.VOLUME_RENAME, VolumeReport.class, Verbs.VOLUME, volume, Verbs.NEW_NAME, newName);
  }

  @Override
  public void deleteVolume(String volume, CloneDisposition clones) throws IOException {
    run(Verbs.VOLUME_DELETE, Verbs.VOLUME, volume, Verbs.CLONES, clones);
  }

  @Override
  public List<SnapshotReport> snapshots(String volume) throws IOException {
    return list(Verbs.SNAPSHOT_LIST, SnapshotReport.class, Verbs.VOLUME, volume);
  }

  @Override
  public SnapshotReport createSnapshot(String volume, String name) throws IOException {
    return call(
        Verbs.SNAPSHOT_CREATE, SnapshotReport.class, Verbs.VOLUME, volume, Verbs.NAME, name);
  }

  @Override
  public SnapshotReport renameSnapshot(String volume, String name, String newName)
      throws IOException {
    return call(
        Verbs.SNAPSHOT_RENAME,
        SnapshotReport.class,
        Verbs.VOLUME,
        volume,
        Verbs.NAME,
        name,
        Verbs.NEW_NAME,
        newName);
  }

  @Override
  public void deleteSnapshot(String volume, String name) throws IOException {
    run(Verbs.SNAPSHOT_DELETE, Verbs.VOLUME, volume, Verbs.NAME, name);
  }

  @Override
  public List<VolumeReport> clones(String volume) throws IOException {
    return list(Verbs.CLONE_LIST, VolumeReport.class, Verbs.VOLUME, volume);
  }

  @Override
  public VolumeReport createClone(String volume, @Nullable String snapshot, String name)
      throws IOException {
    return call(
        Verbs.CLONE_CREATE,
        VolumeReport.class,
        Verbs.VOLUME,
        volume,
        Verbs.SNAPSHOT,
        snapshot,
        Verbs.NAME,
        name);
  }

  @Override
  public List<SpaceReport> spaceUsage(@Nullable String volume) throws IOException {
    return list(Verbs.DF, SpaceReport.class, Verbs.VOLUME, volume);
  }

  @Override
  public void diff(TreeReference from, TreeReference to, Consumer<DiffLine> sink)
      throws IOException {
    send(Verbs.DIFF, Verbs.FROM, from, Verbs.TO, to);
    awaitResult(item -> sink.accept(decode(item, DiffLine.class)));
  }

  @Override
  public void sync() throws IOException {
    run(Verbs.SYNC);
  }

  @Override
  public void checkpoint() throws IOException {
    run(Verbs.CHECKPOINT);
  }

  @Override
  public void reclaim() throws IOException {
    run(Verbs.RECLAIM);
  }

  @Override
  public void startScrub(long bytesPerSecondMax) throws IOException {
    run(Verbs.SCRUB_START, Verbs.RATE, bytesPerSecondMax);
  }

  @Override
  public ScrubStatus scrubStatus() throws IOException {
    return call(Verbs.SCRUB_STATUS, ScrubStatus.class);
  }

  @Override
  public void scrubDamages(Consumer<DamageReport> sink) throws IOException {
    send(Verbs.SCRUB_DAMAGES);
    awaitResult(item -> sink.accept(decode(item, DamageReport.class)));
  }

  @Override
  public void stopScrub() throws IOException {
    run(Verbs.SCRUB_STOP);
  }

  @Override
  public MountReport mount(MountRequest request) throws IOException {
    return call(Verbs.MOUNT, MountReport.class, Verbs.REQUEST, request);
  }

  @Override
  public void umount(Path mountPoint, boolean lazy) throws IOException {
    String holder = StoreLock.line(store);
    boolean ending =
        call(
            Verbs.UMOUNT,
            Boolean.class,
            Verbs.MOUNT_POINT,
            mountPoint.toAbsolutePath().normalize().toString(),
            Verbs.LAZY,
            lazy);
    if (ending) {
      awaitEnd();
      refuseLoss(mountPoint, holder);
    }
  }

  /** A daemon that has written everything says nothing any more about who has the store. */
  private void refuseLoss(Path mountPoint, String holder) throws IOException {
    if (!holder.isEmpty() && holder.equals(StoreLock.line(store))) {
      throw new ControlException(
          ControlErrorCode.IO,
          ("%s is unmounted, but not everything could be written: what was not synced may be lost."
                  + " The log of the daemon says why: %s")
              .formatted(mountPoint, store.resolve(ControlAddress.LOG_FILE)));
    }
  }

  /** The daemon's process closes the connection when it ends, after the store. */
  private void awaitEnd() throws IOException {
    while (wire.receive().isPresent()) {
      continue;
    }
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }

  private <T> T call(String verb, Class<T> type, @Nullable Object... args) throws IOException {
    send(verb, args);
    return decode(awaitResult(item -> {}), type);
  }

  private <T> List<T> list(String verb, Class<T> type, @Nullable Object... args)
      throws IOException {
    List<T> list = new ArrayList<>();
    send(verb, args);
    JsonElement result = awaitResult(item -> list.add(decode(item, type)));
    if (result != null && result.isJsonArray()) {
      // from a daemon of an earlier build
      result.getAsJsonArray().forEach(item -> list.add(decode(item, type)));
    }
    return list;
  }

  private void run(String verb, @Nullable Object... args) throws IOException {
    send(verb, args);
    awaitResult(item -> {});
  }

  /**
   * @param args names and values in turn
   */
  private void send(String verb, @Nullable Object... args) throws IOException {
    JsonObject arguments = new JsonObject();
    for (int i = 0; i < args.length; i += 2) {
      arguments.add(String.valueOf(args[i]), Wire.GSON.toJsonTree(args[i + 1]));
    }
    JsonObject request = new JsonObject();
    request.addProperty("verb", verb);
    request.add("args", arguments);
    try {
      wire.send(request);
    } catch (IOException e) {
      throw new ControlException(ControlErrorCode.UNREACHABLE, "the daemon has ended meanwhile", e);
    }
  }

  private JsonElement awaitResult(Consumer<JsonElement> items) throws IOException {
    while (true) {
      JsonObject message =
          wire.receive()
              .orElseThrow(
                  () ->
                      new ControlException(
                          ControlErrorCode.UNREACHABLE,
                          "the daemon ended before it answered; its log says why"));
      JsonElement item = message.get("item");
      JsonElement ok = message.get("ok");
      if (item != null) {
        items.accept(item);
      } else if (ok != null && ok.isJsonPrimitive() && ok.getAsBoolean()) {
        return message.get("result");
      } else {
        throw Errors.toException(message.get("error"));
      }
    }
  }

  private static <T> T decode(@Nullable JsonElement element, Class<T> type) {
    T value = Wire.GSON.fromJson(element, type);
    if (value == null) {
      throw new JsonParseException("the daemon's answer is empty");
    }
    return value;
  }
}

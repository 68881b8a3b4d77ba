package dev.brindle.daemon.transport;

import java.nio.file.Path;

/**
 * How a transport mounts.
 *
 * @param mountPoint an existing, empty directory, absolute
 * @param source what the table of mounts shows as the device: {@code brindle:STORE:VOLUME}
 * @param caching how long the kernel may believe what it was told
 */
public record TransportOptions(
    Path mountPoint,
    String source,
    boolean readOnly,
    boolean allowOther,
    boolean noAccessTime,
    boolean setUid,
    boolean devices,
    CachingOptions caching) {

  public static TransportOptions of(Path mountPoint, String source) {
    return new TransportOptions(
        mountPoint, source, false, false, false, false, false, CachingOptions.defaults());
  }
}

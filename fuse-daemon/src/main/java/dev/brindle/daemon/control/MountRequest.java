package dev.brindle.daemon.control;

import java.nio.file.Path;

/**
 * What is to be mounted where.
 *
 * @param volume the full name
 * @param mountPoint absolute, as a string; made when it is missing and its parent exists
 */
public record MountRequest(String volume, String mountPoint, MountOptions options) {
  public MountRequest(String volume, Path mountPoint, MountOptions options) {
    this(volume, mountPoint.toAbsolutePath().normalize().toString(), options);
  }
}

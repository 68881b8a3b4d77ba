package dev.brindle.cli;

import java.nio.file.Path;

/**
 * A mount of this machine that a Brindle daemon serves, as the kernel lists it.
 *
 * @param volume the full name of the volume mounted there
 */
record MountedVolume(Path mountPoint, Path store, String volume) {}

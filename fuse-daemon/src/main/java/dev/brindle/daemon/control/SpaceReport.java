package dev.brindle.daemon.control;

import org.jspecify.annotations.Nullable;

/**
 * A row of {@code brindle df}, in bytes.
 *
 * @param volume the full name
 * @param snapshot null for the volume's head
 * @param refer what the version refers to
 * @param used what deleting it alone would free
 * @param written what was written since the version before it
 */
public record SpaceReport(
    String volume, @Nullable String snapshot, long refer, long used, long written) {}

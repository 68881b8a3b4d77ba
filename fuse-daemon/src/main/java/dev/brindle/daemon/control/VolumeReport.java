package dev.brindle.daemon.control;

import dev.brindle.store.Timestamp;
import org.jspecify.annotations.Nullable;

/**
 * A volume or clone, for people and programs.
 *
 * @param name its own name
 * @param fullName its parents' names and its own: {@code main/test}
 * @param parent the full name of the volume in whose {@code .clones} it stands; null at the top
 * @param origin what it was cloned from, {@code VOLUME@SNAPSHOT}; null when it began empty, was
 *     cloned from a live volume, or the snapshot is gone
 */
public record VolumeReport(
    long id,
    String name,
    String fullName,
    @Nullable String parent,
    @Nullable String origin,
    Timestamp created) {}

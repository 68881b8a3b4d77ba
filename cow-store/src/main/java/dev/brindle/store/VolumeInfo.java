package dev.brindle.store;

import org.jspecify.annotations.Nullable;

/**
 * What the catalogue says of a volume.
 *
 * @param id store-wide and never used twice; from the same counter as versions
 * @param name its own name, without its parent's
 * @param fullName the parents' names and its own, joined with {@code /}: {@code main/test}
 * @param parentVolume the volume in whose {@code .clones} it stands; null for one at the top
 * @param head the version of its writable head
 * @param origin the version it was cloned from; null for one that began empty
 */
public record VolumeInfo(
    long id,
    Name name,
    String fullName,
    @Nullable Long parentVolume,
    long head,
    @Nullable Long origin,
    Timestamp created) {}

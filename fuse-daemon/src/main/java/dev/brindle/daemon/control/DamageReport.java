package dev.brindle.daemon.control;

import org.jspecify.annotations.Nullable;

/**
 * A damage that a scrub found.
 *
 * @param volume null for damage that has no file
 * @param snapshot null in the volume as it is now
 * @param path from the volume's root, {@code .} for the root; null when no name could be read
 * @param inode its number in the volume; 0 for damage that has no file
 * @param offset where the damage begins, in bytes
 * @param length how many bytes; -1 to the end
 * @param cause what was found, with the store's file and the position in it
 */
public record DamageReport(
    @Nullable String volume,
    @Nullable String snapshot,
    @Nullable String path,
    long inode,
    long offset,
    long length,
    String cause) {}

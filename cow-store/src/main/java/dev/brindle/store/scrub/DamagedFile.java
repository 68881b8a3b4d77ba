package dev.brindle.store.scrub;

import dev.brindle.store.Name;
import org.jspecify.annotations.Nullable;

/**
 * A part of a file or directory that cannot be read in one version.
 *
 * @param volume the volume's full name
 * @param snapshot null in the volume as it is now
 * @param path from the volume's root, {@code .} for the root itself; null when no name could be
 *     read
 * @param inode its number in the volume
 * @param offset where the damage begins, in bytes
 * @param length how many bytes; -1 to the end
 * @param cause what was found, with the store's file and the position in it
 */
public record DamagedFile(
    String volume,
    @Nullable Name snapshot,
    @Nullable Name path,
    long inode,
    long offset,
    long length,
    String cause) {}

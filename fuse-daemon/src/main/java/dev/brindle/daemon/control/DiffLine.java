package dev.brindle.daemon.control;

import dev.brindle.store.Difference;
import org.jspecify.annotations.Nullable;

/**
 * A line of {@code brindle diff}.
 *
 * @param path relative to the root, without a leading slash, as {@link NameText} writes bytes
 * @param oldPath where it was, for RENAMED; else null
 */
public record DiffLine(Difference.Kind kind, String path, @Nullable String oldPath) {}

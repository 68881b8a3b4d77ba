package dev.brindle.namespace;

/**
 * A file and the handle that it was opened by.
 *
 * @param entry as it was just before, or when it was made
 * @param handle to be released
 */
public record OpenFile(Entry entry, long handle) {}

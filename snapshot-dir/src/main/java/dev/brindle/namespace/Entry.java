package dev.brindle.namespace;

import dev.brindle.store.InodeAttributes;

/**
 * An inode of the namespace.
 *
 * @param node what the operations take; valid as long as the mount
 * @param attributes its {@code inode} is the number that {@code stat} shows, stable over remounts
 */
public record Entry(long node, InodeAttributes attributes) {}

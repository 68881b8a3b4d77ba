/**
 * The namespace of a mounted volume: its files, and what is not in any tree but shows at every
 * mount: the hidden {@code .snapshots} of each directory and the {@code .clones} of each root.
 */
@NullMarked
package dev.brindle.namespace;

import org.jspecify.annotations.NullMarked;

/**
 * What a file tree promises, as examples: POSIX's and Linux's rules for each operation, and the
 * rules of snapshots and clones.
 *
 * <p>The examples for one tree are interfaces with tests in them; {@link
 * dev.brindle.store.contract.FileTreeContract} is all of them. Whoever offers a {@link
 * dev.brindle.store.WritableFileTree} extends it and says where an empty tree comes from.
 */
@NullMarked
package dev.brindle.store.contract;

import org.jspecify.annotations.NullMarked;

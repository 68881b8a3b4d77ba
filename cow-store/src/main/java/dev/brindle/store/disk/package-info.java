/**
 * The one interface between the store and the host's files. Everything the store keeps goes through
 * {@link Disk}, so that a test can put a disk there that loses, tears and refuses.
 */
@NullMarked
package dev.brindle.store.disk;

import org.jspecify.annotations.NullMarked;

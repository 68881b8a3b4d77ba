/** The store's records and small tables, kept by MapDB on a volume whose checkpoints are atomic. */
@NullMarked
package dev.brindle.store.index;

import org.jspecify.annotations.NullMarked;

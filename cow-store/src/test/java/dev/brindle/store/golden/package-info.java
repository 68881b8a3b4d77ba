/**
 * Stores as each format version wrote them, kept for ever: {@code golden/vN.zip} in the resources
 * is the directory of a store that a process left without closing it, and {@code golden/vN.listing}
 * what {@link dev.brindle.store.golden.GoldenListing} said of it then. A new format version gets a
 * new pair from {@link dev.brindle.store.golden.GoldenStoreMaker}; the old ones are never made
 * again.
 */
@NullMarked
package dev.brindle.store.golden;

import org.jspecify.annotations.NullMarked;

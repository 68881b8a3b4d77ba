/** The copy-on-write B+tree that every version has one of, and the cache of its nodes. */
@NullMarked
package dev.brindle.store.tree;

import org.jspecify.annotations.NullMarked;

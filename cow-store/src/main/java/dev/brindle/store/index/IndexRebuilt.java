package dev.brindle.store.index;

/**
 * An index that was made anew from its copies.
 *
 * @param checkpoint which it is
 * @param older whether a later one was made, which is lost
 */
public record IndexRebuilt(long checkpoint, boolean older) {}

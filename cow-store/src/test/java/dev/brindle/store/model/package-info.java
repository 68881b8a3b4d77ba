/**
 * Tests of the whole store against a plain model of it.
 *
 * <p>{@link dev.brindle.store.model.ModelStore} is what a store shall be, in memory and without any
 * cleverness: immutable maps, so that each state of a history is kept. {@link
 * dev.brindle.store.model.Lockstep} leads it and a store under test through the same operations,
 * chosen at random by {@link dev.brindle.store.model.RandomOperations}; the errno of a wrong
 * operation must be one that POSIX allows, everything else must be the same. After a crash {@link
 * dev.brindle.store.model.Recovery} looks for a state of the {@link
 * dev.brindle.store.model.History} that the store may come back in, and goes on from there.
 *
 * <p>Of calls that overlap ({@link dev.brindle.store.model.ConcurrentHistory}) {@link
 * dev.brindle.store.model.Linearization} looks for an order that the model explains. The search is
 * ours: Lincheck wants to make the calls itself, on classes that its agent has rewritten, and
 * repeats a specification from its beginning, where this model's states are kept and learn the
 * numbers that the store gave.
 *
 * <p>A failure prints its seed and the steps that are left of the sequence when those that do not
 * matter are taken out.
 */
@NullMarked
package dev.brindle.store.model;

import org.jspecify.annotations.NullMarked;

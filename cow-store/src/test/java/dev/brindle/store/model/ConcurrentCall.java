package dev.brindle.store.model;

import java.io.IOException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call of a concurrent history before it is made.
 *
 * @param onStore makes it
 * @param onModel does the same to the model, with the store's answer (null when it refused) to
 *     learn its numbers
 * @param compare the answers of model and store; a difference is an {@link AssertionError}
 * @param hold what the caller holds after this answer; null for a call that holds nothing
 */
record ConcurrentCall<T, M>(
    String what,
    OnStore<T> onStore,
    OnModel<T, M> onModel,
    BiConsumer<M, T> compare,
    @Nullable Function<T, ModelStore.Holder> hold) {

  /** The call of the store. */
  interface OnStore<T> {
    T run(VersionedStore store) throws IOException;
  }

  /** The same, said to the model. */
  interface OnModel<T, M> {
    M run(ModelStore model, @Nullable T found);
  }

  ConcurrentCall(String what, OnStore<T> onStore, OnModel<T, M> onModel, BiConsumer<M, T> compare) {
    this(what, onStore, onModel, compare, null);
  }
}

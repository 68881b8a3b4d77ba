package dev.brindle.store.model;

import dev.brindle.store.Errno;
import java.io.IOException;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call of a concurrent history before it is made.
 *
 * @param onStore makes it
 * @param onModel does the same to the model, with the store's answer (null when it refused) to
 *     learn its numbers
 * @param compare the answers of model and store; a difference is an {@link AssertionError}
 * @param hold what the caller holds after this answer, if anything; null for a call that never does
 * @param steps the parts of a call that takes place in parts, by how it ended; null for all others
 */
record ConcurrentCall<T, M>(
    String what,
    OnStore<T> onStore,
    OnModel<T, M> onModel,
    BiConsumer<M, T> compare,
    @Nullable Function<T, ModelStore.@Nullable Holder> hold,
    @Nullable Function<Outcome<T>, List<Step>> steps) {

  /**
   * A part of a call that is not as if at one instant, but in parts that are.
   *
   * @param errno how it ended; null when it succeeded
   */
  record Step(String what, Consumer<ModelStore> onModel, @Nullable Errno errno) {}

  /** The call of the store. */
  interface OnStore<T> {
    T run(VersionedStore store) throws IOException;
  }

  /** The same, said to the model. */
  interface OnModel<T, M> {
    M run(ModelStore model, @Nullable T found);
  }

  ConcurrentCall(String what, OnStore<T> onStore, OnModel<T, M> onModel, BiConsumer<M, T> compare) {
    this(what, onStore, onModel, compare, null, null);
  }

  ConcurrentCall(
      String what,
      OnStore<T> onStore,
      OnModel<T, M> onModel,
      BiConsumer<M, T> compare,
      Function<T, ModelStore.@Nullable Holder> hold) {
    this(what, onStore, onModel, compare, hold, null);
  }
}

package dev.brindle.store.model;

import dev.brindle.store.InodeAttributes;
import dev.brindle.store.VolumeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A call of a concurrent history that was made.
 *
 * @param begin before the call, of {@link System#nanoTime}
 * @param end after its answer
 * @param time the same for the store's clock
 */
record RecordedCall<T, M>(
    ConcurrentCall<T, M> call,
    int thread,
    long begin,
    long end,
    ModelTime time,
    Outcome<T> outcome) {

  /**
   * Makes the call on the model as it is.
   *
   * @return null when the model gives the same answer, else the difference
   */
  @Nullable String differs(ModelStore model) {
    model.at(time);
    try {
      M expected = call.onModel().run(model, outcome.value());
      if (!outcome.succeeded()) {
        return "it succeeds";
      }
      call.compare().accept(expected, outcome.value());
      return null;
    } catch (Refused refused) {
      boolean same = outcome.errno() != null && refused.allowed().contains(outcome.errno());
      return same ? null : "it is refused with one of " + refused.allowed();
    } catch (AssertionError e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** What the caller holds from now on; null for nothing. */
  ModelStore.@Nullable Holder held() {
    boolean holds = call.hold() != null && outcome.succeeded();
    return holds ? call.hold().apply(outcome.value()) : null;
  }

  /** The instants at which it took place, one after the other: itself, or its parts. */
  List<RecordedCall<?, ?>> inSteps() {
    if (call.steps() == null) {
      return List.of(this);
    }
    List<RecordedCall<?, ?>> parts = new ArrayList<>();
    for (ConcurrentCall.Step step : call.steps().apply(outcome)) {
      ConcurrentCall<Boolean, Boolean> part =
          new ConcurrentCall<>(
              call.what() + ": " + step.what(),
              store -> true,
              (model, found) -> {
                step.onModel().accept(model);
                return true;
              },
              (expected, found) -> {});
      Boolean answer = step.errno() == null ? true : null;
      parts.add(
          new RecordedCall<>(part, thread, begin, end, time, new Outcome<>(answer, step.errno())));
    }
    return parts;
  }

  /** One line; times are in microseconds since {@code start}. */
  String line(long start) {
    return String.format(
        Locale.ROOT,
        "%9.1f..%9.1f  thread %d: %s -> %s",
        (begin - start) / 1000.0,
        (end - start) / 1000.0,
        thread,
        call.what(),
        answer());
  }

  private String answer() {
    if (!outcome.succeeded()) {
      return String.valueOf(outcome.errno());
    }
    Object value = outcome.value();
    if (value instanceof InodeAttributes inode) {
      return "inode %d, mode %o, %d links, %d bytes"
          .formatted(inode.inode(), inode.mode(), inode.linkCount(), inode.size());
    }
    if (value instanceof VolumeInfo volume) {
      return "volume " + volume.id() + " " + volume.fullName();
    }
    return value instanceof byte[] bytes ? bytes.length + " bytes" : String.valueOf(value);
  }
}

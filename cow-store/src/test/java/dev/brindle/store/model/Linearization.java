package dev.brindle.store.model;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order of a concurrent history's calls in which the model gives the same answers: one
 * that keeps each call before those that began after its end. The store has then behaved as if each
 * call had happened at one instant between its begin and its end.
 *
 * <p>The search is Wing and Gong's, with Lowe's memory of where it was: the same calls of each
 * thread done and the same state of the model are tried once.
 */
final class Linearization {
  /** Whether what is in the store at the end of a history is what the model then holds. */
  interface Ending {
    /** Null when it is, else a difference. */
    @Nullable String differs(ModelStore.Moment last) throws IOException;
  }

  private record Place(List<Integer> done, long state) {}

  private final List<List<RecordedCall<?, ?>>> threads = new ArrayList<>();
  private final ModelStore model = new ModelStore();
  private final Ending ending;
  private final int[] done;
  private final Deque<RecordedCall<?, ?>> order = new ArrayDeque<>();
  private final Set<Place> tried = new HashSet<>();
  private int longest = -1;
  private String stuck = "";

  private Linearization(List<RecordedCall<?, ?>> history, Ending ending) {
    TreeMap<Integer, List<RecordedCall<?, ?>>> byThread = new TreeMap<>();
    for (RecordedCall<?, ?> call : history) {
      byThread.computeIfAbsent(call.thread(), t -> new ArrayList<>()).add(call);
    }
    threads.addAll(byThread.values());
    this.ending = ending;
    this.done = new int[threads.size()];
  }

  /**
   * The model after such an order, without what another such order would say otherwise.
   *
   * @param history each thread's calls in their order
   * @param first the model before all of them
   * @throws AssertionError there is none: the history, and how far the search came
   */
  static ModelStore.Moment of(
      List<RecordedCall<?, ?>> history, ModelStore.Moment first, Ending ending) throws IOException {
    Linearization search = new Linearization(history, ending);
    ModelStore.Moment last = search.from(first);
    if (last == null) {
      throw new AssertionError(search.report(history));
    }
    return new ModelStore.Moment(last.state().withNewCopiesSince(first.state()), last.holds());
  }

  private ModelStore.@Nullable Moment from(ModelStore.Moment moment) throws IOException {
    if (!tried.add(new Place(Arrays.stream(done).boxed().toList(), Fingerprint.of(moment)))) {
      return null;
    }
    StringBuilder differences = new StringBuilder();
    ModelStore.Moment last = isOver() ? end(moment, differences) : step(moment, differences);
    if (last == null && order.size() > longest) {
      longest = order.size();
      stuck = explained() + differences;
    }
    return last;
  }

  private ModelStore.@Nullable Moment end(ModelStore.Moment moment, StringBuilder differences)
      throws IOException {
    String difference = ending.differs(moment);
    differences.append("\n    in the end: ").append(difference);
    return difference == null ? moment : null;
  }

  private ModelStore.@Nullable Moment step(ModelStore.Moment moment, StringBuilder differences)
      throws IOException {
    long firstEnd = firstEnd();
    for (int thread = 0; thread < done.length; thread++) {
      RecordedCall<?, ?> call = next(thread);
      if (call == null || call.begin() > firstEnd) {
        continue;
      }
      model.goTo(moment);
      String difference = call.differs(model);
      if (difference != null) {
        differences.append("\n    %s, but here %s".formatted(call.call().what(), difference));
        continue;
      }
      done[thread]++;
      order.addLast(call);
      ModelStore.Moment last = from(model.moment());
      order.removeLast();
      done[thread]--;
      if (last != null) {
        return last;
      }
    }
    return null;
  }

  private @Nullable RecordedCall<?, ?> next(int thread) {
    List<RecordedCall<?, ?>> calls = threads.get(thread);
    return done[thread] < calls.size() ? calls.get(done[thread]) : null;
  }

  private boolean isOver() {
    return order.size() == threads.stream().mapToInt(List::size).sum();
  }

  /** What begins after this cannot be the next. */
  private long firstEnd() {
    long end = Long.MAX_VALUE;
    for (int thread = 0; thread < done.length; thread++) {
      RecordedCall<?, ?> call = next(thread);
      end = call == null ? end : Math.min(end, call.end());
    }
    return end;
  }

  private String explained() {
    StringBuilder lines = new StringBuilder();
    order.forEach(call -> lines.append("\n    ").append(call.call().what()));
    return lines.append("\n  and then").toString();
  }

  private String report(List<RecordedCall<?, ?>> history) {
    long start = history.stream().mapToLong(RecordedCall::begin).min().orElse(0);
    StringBuilder lines = new StringBuilder("no order of the calls explains their answers:");
    history.stream()
        .sorted((a, b) -> Long.compare(a.begin(), b.begin()))
        .forEach(call -> lines.append("\n  ").append(call.line(start)));
    return lines.append("\n  the longest that does:").append(stuck).toString();
  }
}

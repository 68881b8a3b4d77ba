package dev.brindle.store.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * References to runs of blocks, with their births: collected in any order, then compared as
 * multisets, since a block may be referred to more than once.
 */
final class BlockRuns {
  /**
   * @param count how many references to each of the blocks
   */
  record Run(long address, long blocks, long born, long count) {
    long end() {
      return address + blocks;
    }

    @Override
    public String toString() {
      String times = count == 1 ? "" : ", " + count + " times";
      return "blocks %d to %d, born in version %d%s".formatted(address, end() - 1, born, times);
    }
  }

  /** Where the number of references changes. */
  private record Edge(long born, long address, long step) {}

  private static final Comparator<Edge> ORDER =
      Comparator.comparingLong(Edge::born).thenComparingLong(Edge::address);

  private final List<Run> runs;

  BlockRuns() {
    this(new ArrayList<>());
  }

  private BlockRuns(List<Run> runs) {
    this.runs = runs;
  }

  void add(long address, long blocks, long born, long count) {
    runs.add(new Run(address, blocks, born, count));
  }

  /** The references to all blocks. */
  long references() {
    return runs.stream().mapToLong(run -> run.blocks * run.count).sum();
  }

  List<Run> runs() {
    return runs;
  }

  /** What is in this set more often than in another with the same birth; runs do not overlap. */
  BlockRuns minus(BlockRuns other) {
    List<Edge> edges = new ArrayList<>(2 * (runs.size() + other.runs.size()));
    addEdges(edges, runs, 1);
    addEdges(edges, other.runs, -1);
    edges.sort(ORDER);
    List<Run> rest = new ArrayList<>();
    long level = 0;
    long from = 0;
    for (Edge edge : edges) {
      if (level > 0 && edge.address > from) {
        append(rest, new Run(from, edge.address - from, edge.born, level));
      }
      level += edge.step;
      from = edge.address;
    }
    return new BlockRuns(rest);
  }

  private static void addEdges(List<Edge> edges, List<Run> runs, int sign) {
    for (Run run : runs) {
      edges.add(new Edge(run.born, run.address, sign * run.count));
      edges.add(new Edge(run.born, run.end(), -sign * run.count));
    }
  }

  private static void append(List<Run> runs, Run run) {
    int last = runs.size() - 1;
    Run before = last < 0 ? null : runs.get(last);
    if (before != null
        && before.end() == run.address
        && before.born == run.born
        && before.count == run.count) {
      runs.set(last, new Run(before.address, before.blocks + run.blocks, run.born, run.count));
    } else {
      runs.add(run);
    }
  }
}

package dev.brindle.store.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Runs of blocks with their births: collected in any order, then compared as sets of blocks. */
final class BlockRuns {
  record Run(long address, long blocks, long born) {
    long end() {
      return address + blocks;
    }

    @Override
    public String toString() {
      return "blocks %d to %d, born in version %d".formatted(address, end() - 1, born);
    }
  }

  private List<Run> runs = new ArrayList<>();

  void add(long address, long blocks, long born) {
    runs.add(new Run(address, blocks, born));
  }

  long blocks() {
    return runs.stream().mapToLong(Run::blocks).sum();
  }

  List<Run> runs() {
    return runs;
  }

  /**
   * Sorts the runs and joins those that touch.
   *
   * @return runs of which blocks were in the set before, or had another birth
   */
  List<Run> normalize() {
    runs.sort(Comparator.comparingLong(Run::address));
    List<Run> joined = new ArrayList<>();
    List<Run> twice = new ArrayList<>();
    Run last = null;
    for (Run run : runs) {
      if (last != null && run.address < last.end()) {
        twice.add(run);
      } else if (last != null && run.address == last.end() && run.born == last.born) {
        last = new Run(last.address, last.blocks + run.blocks, last.born);
      } else {
        if (last != null) {
          joined.add(last);
        }
        last = run;
      }
    }
    if (last != null) {
      joined.add(last);
    }
    runs = joined;
    return twice;
  }

  /** What is in this set and not in another with the same birth; both are normalized. */
  BlockRuns minus(BlockRuns other) {
    BlockRuns rest = new BlockRuns();
    int next = 0;
    for (Run run : runs) {
      long from = run.address;
      while (next < other.runs.size() && other.runs.get(next).end() <= from) {
        next++;
      }
      for (int i = next; i < other.runs.size() && other.runs.get(i).address < run.end(); i++) {
        Run there = other.runs.get(i);
        if (there.born == run.born) {
          if (there.address > from) {
            rest.add(from, there.address - from, run.born);
          }
          from = Math.max(from, there.end());
        }
      }
      if (from < run.end()) {
        rest.add(from, run.end() - from, run.born);
      }
    }
    return rest;
  }
}

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was measured: for each row and target one figure a round. */
final class Measurements {
  /**
   * One round: the figure in the row's unit, and the share of a processor that the target's process
   * took.
   */
  record Sample(double figure, double cpu) {}

  private final Map<Row, Map<String, List<Sample>>> samples = new LinkedHashMap<>();

  void add(Row row, Target target, Sample sample) {
    samples
        .computeIfAbsent(row, r -> new LinkedHashMap<>())
        .computeIfAbsent(target.name, n -> new ArrayList<>())
        .add(sample);
  }

  Iterable<Row> rows() {
    return samples.keySet();
  }

  /** The median; not a number when it was not measured. */
  double figure(Row row, String target) {
    return median(of(row, target).stream().mapToDouble(Sample::figure).toArray());
  }

  double cpu(Row row, String target) {
    return median(of(row, target).stream().mapToDouble(Sample::cpu).toArray());
  }

  /** How many times as fast as the other one is. */
  double ratio(Row row, String target, String other) {
    double ratio = figure(row, target) / figure(row, other);
    return row.unit().moreIsBetter ? ratio : 1 / ratio;
  }

  /** How many times as fast as the best of the others it is; not a number when there are none. */
  double ratioToBest(Row row, String target, List<String> others) {
    return others.stream()
        .mapToDouble(other -> ratio(row, target, other))
        .filter(ratio -> !Double.isNaN(ratio))
        .min()
        .orElse(Double.NaN);
  }

  /** How far the rounds are from each other: the largest by the smallest. */
  double spread(Row row, String target) {
    double[] figures = of(row, target).stream().mapToDouble(Sample::figure).toArray();
    return Arrays.stream(figures).max().orElse(Double.NaN)
        / Arrays.stream(figures).min().orElse(Double.NaN);
  }

  private List<Sample> of(Row row, String target) {
    return samples.get(row).getOrDefault(target, List.of());
  }

  static double median(double... figures) {
    if (figures.length == 0) {
      return Double.NaN;
    }
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}

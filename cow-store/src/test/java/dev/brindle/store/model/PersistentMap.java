package dev.brindle.store.model;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A sorted map that never changes: {@link #with} and {@link #without} make new ones that share all
 * but a path with the old. So the model keeps every state of a history at the price of its changes.
 *
 * <p>It is a treap whose priorities come from the keys' hashes: equal maps have equal shapes, and
 * two maps with a common past are compared past what they share.
 */
final class PersistentMap<K extends Comparable<? super K>, V> implements Iterable<Map.Entry<K, V>> {
  private record Node<K, V>(
      K key, V value, int size, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
    int priority() {
      int h = key.hashCode() * 0x9E3779B1;
      h = (h ^ (h >>> 15)) * 0x85EBCA6B;
      return h ^ (h >>> 13);
    }
  }

  private static final PersistentMap<?, ?> EMPTY = new PersistentMap<Long, Object>(null);

  private final @Nullable Node<K, V> root;

  private PersistentMap(@Nullable Node<K, V> root) {
    this.root = root;
  }

  @SuppressWarnings("unchecked")
  static <K extends Comparable<? super K>, V> PersistentMap<K, V> empty() {
    return (PersistentMap<K, V>) EMPTY;
  }

  int size() {
    return size(root);
  }

  boolean isEmpty() {
    return root == null;
  }

  @Nullable V get(K key) {
    Node<K, V> node = root;
    while (node != null) {
      int order = key.compareTo(node.key);
      if (order == 0) {
        return node.value;
      }
      node = order < 0 ? node.left : node.right;
    }
    return null;
  }

  boolean containsKey(K key) {
    return get(key) != null;
  }

  PersistentMap<K, V> with(K key, V value) {
    return new PersistentMap<>(put(root, key, value));
  }

  PersistentMap<K, V> without(K key) {
    return containsKey(key) ? new PersistentMap<>(remove(root, key)) : this;
  }

  /** Without the keys from {@code from} (inclusive) to {@code to} (exclusive). */
  PersistentMap<K, V> withoutRange(K from, K to) {
    return new PersistentMap<>(merge(below(root, from), notBelow(root, to)));
  }

  PersistentMap<K, V> withoutFrom(K from) {
    return new PersistentMap<>(below(root, from));
  }

  /** The entry with the smallest key that is not below {@code key}. */
  Map.@Nullable Entry<K, V> ceiling(K key) {
    Node<K, V> node = root;
    Node<K, V> best = null;
    while (node != null) {
      if (node.key.compareTo(key) >= 0) {
        best = node;
        node = node.left;
      } else {
        node = node.right;
      }
    }
    return best == null ? null : Map.entry(best.key, best.value);
  }

  Map.@Nullable Entry<K, V> last() {
    Node<K, V> node = root;
    if (node == null) {
      return null;
    }
    while (node.right != null) {
      node = node.right;
    }
    return Map.entry(node.key, node.value);
  }

  /** The entry at a position of the order, 0 to size - 1. */
  Map.Entry<K, V> at(int position) {
    Node<K, V> node = Objects.requireNonNull(root);
    int rest = position;
    while (true) {
      int left = size(node.left);
      if (rest == left) {
        return Map.entry(node.key, node.value);
      }
      if (rest < left) {
        node = Objects.requireNonNull(node.left);
      } else {
        rest -= left + 1;
        node = Objects.requireNonNull(node.right);
      }
    }
  }

  /** True when both hold the same keys and {@code same} says so of each pair of values. */
  boolean sameAs(PersistentMap<K, V> other, BiPredicate<V, V> same) {
    return same(root, other.root, same);
  }

  @Override
  public Iterator<Map.Entry<K, V>> iterator() {
    Deque<Node<K, V>> path = new ArrayDeque<>();
    pushLeft(path, root);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return !path.isEmpty();
      }

      @Override
      public Map.Entry<K, V> next() {
        if (path.isEmpty()) {
          throw new NoSuchElementException();
        }
        Node<K, V> node = path.pop();
        pushLeft(path, node.right);
        return Map.entry(node.key, node.value);
      }
    };
  }

  private static <K, V> void pushLeft(Deque<Node<K, V>> path, @Nullable Node<K, V> from) {
    for (Node<K, V> node = from; node != null; node = node.left) {
      path.push(node);
    }
  }

  private static <K, V> int size(@Nullable Node<K, V> node) {
    return node == null ? 0 : node.size;
  }

  private static <K, V> Node<K, V> node(
      K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
    return new Node<>(key, value, size(left) + 1 + size(right), left, right);
  }

  private static <K extends Comparable<? super K>, V> Node<K, V> put(
      @Nullable Node<K, V> node, K key, V value) {
    if (node == null) {
      return node(key, value, null, null);
    }
    int order = key.compareTo(node.key);
    if (order == 0) {
      return node(key, value, node.left, node.right);
    }
    Node<K, V> fresh = node(key, value, null, null);
    if (above(fresh, node)) {
      return node(key, value, below(node, key), notBelow(node, key));
    }
    return order < 0
        ? node(node.key, node.value, put(node.left, key, value), node.right)
        : node(node.key, node.value, node.left, put(node.right, key, value));
  }

  private static <K extends Comparable<? super K>, V> @Nullable Node<K, V> remove(
      @Nullable Node<K, V> node, K key) {
    if (node == null) {
      return null;
    }
    int order = key.compareTo(node.key);
    if (order == 0) {
      return merge(node.left, node.right);
    }
    return order < 0
        ? node(node.key, node.value, remove(node.left, key), node.right)
        : node(node.key, node.value, node.left, remove(node.right, key));
  }

  private static <K extends Comparable<? super K>, V> @Nullable Node<K, V> below(
      @Nullable Node<K, V> node, K key) {
    if (node == null) {
      return null;
    }
    return node.key.compareTo(key) < 0
        ? node(node.key, node.value, node.left, below(node.right, key))
        : below(node.left, key);
  }

  private static <K extends Comparable<? super K>, V> @Nullable Node<K, V> notBelow(
      @Nullable Node<K, V> node, K key) {
    if (node == null) {
      return null;
    }
    return node.key.compareTo(key) >= 0
        ? node(node.key, node.value, notBelow(node.left, key), node.right)
        : notBelow(node.right, key);
  }

  private static <K extends Comparable<? super K>, V> @Nullable Node<K, V> merge(
      @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
    if (left == null || right == null) {
      return left == null ? right : left;
    }
    return above(left, right)
        ? node(left.key, left.value, left.left, merge(left.right, right))
        : node(right.key, right.value, merge(left, right.left), right.right);
  }

  /** The order of priorities; equal ones are settled by the keys, so that the shape is unique. */
  private static <K extends Comparable<? super K>, V> boolean above(Node<K, V> a, Node<K, V> b) {
    int order = Integer.compare(a.priority(), b.priority());
    return order != 0 ? order > 0 : a.key.compareTo(b.key) > 0;
  }

  private static <K extends Comparable<? super K>, V> boolean same(
      @Nullable Node<K, V> a, @Nullable Node<K, V> b, BiPredicate<V, V> same) {
    if (a == b) {
      return true;
    }
    return a != null
        && b != null
        && a.size == b.size
        && a.key.compareTo(b.key) == 0
        && (a.value == b.value || same.test(a.value, b.value))
        && same(a.left, b.left, same)
        && same(a.right, b.right, same);
  }
}

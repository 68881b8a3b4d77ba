package dev.brindle.store.model;

import dev.brindle.store.model.ConcurrentCall.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * Concurrent copies of ranges. Each takes place in steps that end where a block of the source ends:
 * to the model it is a copy of one block after the other.
 */
final class CopyCalls {
  private static final long BLOCK = SparseBytes.BLOCK;

  /** What is copied; the source is held from the first step to the last. */
  private record Copy(
      long treeId, long from, long start, long volume, long to, long target, long length) {
    ModelInode source(ModelStore model) {
      return NameCalls.look(model, treeId).inode(from);
    }

    ModelInode target(ModelStore model) {
      return NameCalls.look(model, volume).inode(to);
    }

    void refuse(ModelStore model) {
      boolean sameFile = treeId == volume && from == to;
      InodeEdit.copyLength(source(model), start, target(model), target, length, sameFile);
    }

    /** Also of a source that is gone: then the copy is refused. */
    void hold(ModelStore model) {
      try {
        model.hold(treeId, from);
      } catch (Refused gone) {
        return;
      }
    }

    void release(ModelStore model) {
      model.release(treeId, from);
    }

    /** Copies from a place in the source up to another. */
    void piece(ModelStore model, long position, long end) {
      SparseBytes bytes = source(model).content();
      if (bytes.size() < end) {
        throw new AssertionError("the source has %d bytes".formatted(bytes.size()));
      }
      long at = position - start + target;
      model.update(
          volume, to, i -> InodeEdit.copy(i, bytes, position, at, end - position, model.now()));
    }

    @Override
    public String toString() {
      return "copy %d inode %d at %d to %d inode %d at %d, %d bytes"
          .formatted(treeId, from, start, volume, to, target, length);
    }
  }

  private CopyCalls() {}

  static ConcurrentCall<?, ?> copy(ConcurrentOperands operands) {
    long treeId = operands.tree();
    long volume = operands.volume().id();
    boolean aligned = !operands.oneIn(3);
    long start = aligned ? operands.upTo(2) * BLOCK : operands.offset();
    long target = aligned ? operands.upTo(2) * BLOCK : operands.offset();
    long length = operands.oneIn(3) ? Long.MAX_VALUE : operands.upTo(6_000);
    Copy copy =
        new Copy(
            treeId, operands.file(treeId), start, volume, operands.file(volume), target, length);
    return new ConcurrentCall<Long, Long>(
        copy.toString(),
        store ->
            store
                .open(volume)
                .copyRange(
                    NameCalls.open(store, treeId), copy.from, start, copy.to, target, length),
        (model, found) -> {
          throw new IllegalStateException("it takes place in steps");
        },
        (expected, found) -> {},
        null,
        outcome -> steps(copy, outcome));
  }

  private static List<Step> steps(Copy copy, Outcome<Long> outcome) {
    List<Step> steps = new ArrayList<>();
    if (!outcome.succeeded()) {
      steps.add(new Step("hold", copy::hold, null));
      steps.add(new Step("copy", copy::refuse, outcome.errno()));
    } else {
      steps.add(new Step("look at the source", copy::source, null));
      steps.add(new Step("look at the target", copy::target, null));
      steps.add(new Step("hold", copy::hold, null));
      long end = copy.start + outcome.value();
      for (long position = copy.start; position < end; ) {
        long from = position;
        long to = Math.min(end, (position / BLOCK + 1) * BLOCK);
        steps.add(
            new Step(
                "copy %d to %d".formatted(from, to), model -> copy.piece(model, from, to), null));
        position = to;
      }
    }
    steps.add(new Step("release", copy::release, null));
    return steps;
  }
}

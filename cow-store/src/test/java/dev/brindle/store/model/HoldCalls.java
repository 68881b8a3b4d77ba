package dev.brindle.store.model;

import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree.RenameMode;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Concurrent calls after which somebody holds an inode, and the one that ends it. */
final class HoldCalls {
  private static final int OWNER = 1000;

  private HoldCalls() {}

  static ConcurrentCall<?, ?> hold(ConcurrentOperands operands) {
    long treeId = operands.tree();
    long inode = operands.file(treeId);
    return new ConcurrentCall<Boolean, Boolean>(
        "hold %d inode %d".formatted(treeId, inode),
        store -> {
          NameCalls.open(store, treeId).hold(inode);
          return true;
        },
        (model, found) -> {
          model.hold(treeId, inode);
          return true;
        },
        (expected, found) -> {},
        answer -> new ModelStore.Holder(treeId, inode));
  }

  static ConcurrentCall<?, ?> createHeld(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    long directory = operands.directory(volume);
    Name name = operands.name();
    return new ConcurrentCall<InodeAttributes, ModelInode>(
        "create held %d %d/%s".formatted(volume, directory, name),
        store -> store.open(volume).createHeld(directory, name, 0600, 0, OWNER, OWNER),
        (model, found) -> {
          long number = NameCalls.newNumber(model, volume, found);
          return model.makeHeld(volume, number, directory, name, 0600, 0, OWNER, OWNER);
        },
        InodeComparison::attributes,
        made -> new ModelStore.Holder(volume, made.inode()));
  }

  static ConcurrentCall<?, ?> createUnnamed(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    return createUnnamed(volume, operands.directory(volume));
  }

  static ConcurrentCall<InodeAttributes, ModelInode> createUnnamed(long volume, long directory) {
    return new ConcurrentCall<>(
        "create unnamed %d in %d".formatted(volume, directory),
        store -> store.open(volume).createUnnamed(directory, 0644, 0, OWNER, OWNER),
        (model, found) -> {
          long number = NameCalls.newNumber(model, volume, found);
          return model.makeUnnamed(volume, number, directory, 0644, 0, OWNER, OWNER);
        },
        InodeComparison::attributes,
        made -> new ModelStore.Holder(volume, made.inode()));
  }

  static ConcurrentCall<?, ?> unlinkHeld(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    long directory = operands.directory(volume);
    Name name = operands.name();
    return new ConcurrentCall<InodeAttributes, ModelInode>(
        "unlink held %d %d/%s".formatted(volume, directory, name),
        store -> store.open(volume).unlink(directory, name, true),
        (model, found) ->
            Objects.requireNonNull(
                model.remove(
                    volume,
                    directory,
                    name,
                    inode -> !inode.isRegular(),
                    edit -> edit.unlink(directory, name))),
        InodeComparison::attributes,
        removed -> removed.isRegular() ? null : holder(volume, removed));
  }

  static ConcurrentCall<?, ?> rmdirHeld(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    long directory = operands.directory(volume);
    Name name = operands.name();
    return new ConcurrentCall<InodeAttributes, ModelInode>(
        "rmdir held %d %d/%s".formatted(volume, directory, name),
        store -> store.open(volume).rmdir(directory, name, true),
        (model, found) ->
            Objects.requireNonNull(
                model.remove(
                    volume, directory, name, inode -> true, edit -> edit.rmdir(directory, name))),
        InodeComparison::attributes,
        removed -> new ModelStore.Holder(volume, removed.inode()));
  }

  static ConcurrentCall<?, ?> renameHeld(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    long from = operands.directory(volume);
    Name name = operands.name();
    long to = operands.oneIn(2) ? from : operands.directory(volume);
    Name newName = operands.name();
    return new ConcurrentCall<Optional<InodeAttributes>, Optional<ModelInode>>(
        "rename %d %d/%s to %d/%s, held".formatted(volume, from, name, to, newName),
        store ->
            Optional.ofNullable(
                store.open(volume).rename(from, name, to, newName, RenameMode.REPLACE, true)),
        (model, found) ->
            Optional.ofNullable(
                model.remove(
                    volume,
                    to,
                    newName,
                    inode -> true,
                    edit -> edit.rename(from, name, to, newName, RenameMode.REPLACE))),
        HoldCalls::compare,
        replaced -> replaced.map(inode -> holder(volume, inode)).orElse(null));
  }

  private static void compare(Optional<ModelInode> expected, Optional<InodeAttributes> found) {
    InodeComparison.equal("something is replaced", expected.isPresent(), found.isPresent());
    expected.ifPresent(inode -> InodeComparison.attributes(inode, found.orElseThrow()));
  }

  /** Of what has lost a name: its last one, or nothing is held. */
  private static ModelStore.@Nullable Holder holder(long volume, InodeAttributes left) {
    return left.linkCount() == 0 ? new ModelStore.Holder(volume, left.inode()) : null;
  }

  static ConcurrentCall<?, ?> release(ModelStore.Holder held) {
    return new ConcurrentCall<Boolean, Boolean>(
        "release %d inode %d".formatted(held.treeId(), held.inode()),
        store -> {
          NameCalls.open(store, held.treeId()).release(held.inode());
          return true;
        },
        (model, found) -> {
          model.release(held.treeId(), held.inode());
          return true;
        },
        (expected, found) -> {});
  }
}

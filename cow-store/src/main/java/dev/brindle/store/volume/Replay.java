package dev.brindle.store.volume;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.version.Catalogue;
import dev.brindle.store.version.Version;
import dev.brindle.store.version.VersionTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Repeats redo operations on the index of the last checkpoint, by the methods that made them. */
final class Replay {
  private final Engine engine;
  private final long checkpoint;
  private final List<String> left = new ArrayList<>();
  private long operations;

  /**
   * @param checkpoint the number of the one that the index is
   */
  Replay(Engine engine, long checkpoint) {
    this.engine = engine;
    this.checkpoint = checkpoint;
  }

  long operations() {
    return operations;
  }

  /**
   * As {@link #applyWhatFits}, of what the index is an older state of: the next checkpoint made
   * void what was not written to the log by then, so that nothing behind it follows on this.
   */
  void applyUpToTheNextCheckpoint(byte[] operation) throws IOException {
    if (new RedoReader(operation).checkpoint() <= checkpoint + 1) {
      applyWhatFits(operation);
    }
  }

  /** As {@link #apply}, past what the damage of the index keeps from being repeated. */
  void applyWhatFits(byte[] operation) throws IOException {
    RedoReader redo = new RedoReader(operation);
    if (isInIndex(redo)) {
      return;
    }
    operations++;
    for (RedoRecord record = redo.next(); record != null; record = redo.next()) {
      try {
        apply(record);
      } catch (CorruptStoreException | FileSystemException | IllegalStateException e) {
        left.add(String.valueOf(e.getMessage()));
      }
    }
  }

  /** Why records were left out. */
  List<String> left() {
    return left;
  }

  void apply(byte[] operation) throws IOException {
    RedoReader redo = new RedoReader(operation);
    if (isInIndex(redo)) {
      return;
    }
    operations++;
    for (RedoRecord record = redo.next(); record != null; record = redo.next()) {
      try {
        apply(record);
      } catch (FileSystemException e) {
        throw new CorruptStoreException(
            "log", -1, "the redo record " + record + " does not fit: " + e.getMessage());
      }
    }
  }

  /**
   * Each checkpoint is complete before the next but one is begun.
   *
   * @throws CorruptStoreException the index is older than the last that was durable
   */
  private boolean isInIndex(RedoReader redo) throws CorruptStoreException {
    if (redo.checkpoint() > checkpoint + 2) {
      throw new CorruptStoreException(
          "index.db",
          -1,
          "it is an old one: checkpoint %d, and the log has changes that came after the next"
              .formatted(checkpoint));
    }
    return redo.checkpoint() <= checkpoint;
  }

  private void apply(RedoRecord record) throws IOException {
    if (record instanceof RedoRecord.Put r) {
      head(r.version()).put(r.high(), r.offset(), r.value());
    } else if (record instanceof RedoRecord.Remove r) {
      head(r.version()).remove(r.high(), r.offset());
    } else if (record instanceof RedoRecord.Allocate r) {
      head(r.version()).allocate(r.address(), r.blocks());
    } else if (record instanceof RedoRecord.Share r) {
      head(r.version()).share(r.address(), r.blocks());
    } else if (record instanceof RedoRecord.Free r) {
      head(r.version()).free(r.address(), r.blocks(), r.born());
    } else {
      applyToCatalogue(record);
    }
  }

  private Head head(long version) throws IOException {
    VersionTree versions = engine.versions();
    Version row = versions.find(version);
    Head head = row == null ? null : engine.head(row.volumeId());
    if (head == null || head.version() != version) {
      throw new CorruptStoreException("log", -1, "redo of version " + version + ", no head");
    }
    return head;
  }

  private void applyToCatalogue(RedoRecord record) throws IOException {
    VersionTree versions = engine.versions();
    Catalogue catalogue = versions.catalogue();
    if (record instanceof RedoRecord.CreateVolume r) {
      catalogue.createVolume(r.volume(), r.head(), r.name(), r.time());
      versions.noteNumber(Math.max(r.volume(), r.head()));
    } else if (record instanceof RedoRecord.TakeSnapshot r) {
      Head head = engine.head(r.volume());
      catalogue.takeSnapshot(r.volume(), r.name(), r.newHead(), r.time());
      versions.noteNumber(r.newHead());
      head.moveTo(catalogue.head(r.volume()));
    } else if (record instanceof RedoRecord.CloneSnapshot r) {
      catalogue.cloneSnapshot(r.snapshot(), r.newVolume(), r.newHead(), r.name(), r.time());
      versions.noteNumber(Math.max(r.newVolume(), r.newHead()));
    } else if (record instanceof RedoRecord.CloneVolume r) {
      Head head = engine.head(r.volume());
      catalogue.cloneVolume(
          r.volume(), r.newHead(), r.newVolume(), r.cloneHead(), r.name(), r.time());
      versions.noteNumber(Math.max(r.newHead(), Math.max(r.newVolume(), r.cloneHead())));
      head.moveTo(catalogue.head(r.volume()));
    } else if (record instanceof RedoRecord.FreezeHead r) {
      Head head = engine.head(r.volume());
      versions.release(catalogue.freezeHead(r.volume(), r.newHead(), r.time()));
      head.moveTo(catalogue.head(r.volume()));
    } else if (record instanceof RedoRecord.RenameVolume r) {
      catalogue.renameVolume(r.volume(), r.name());
    } else if (record instanceof RedoRecord.RenameSnapshot r) {
      catalogue.renameSnapshot(r.version(), r.name());
    } else if (record instanceof RedoRecord.DeleteSnapshot r) {
      catalogue.deleteSnapshot(r.version());
    } else if (record instanceof RedoRecord.DeleteVolume r) {
      for (VolumeInfo volume : Volumes.goingWith(catalogue, r.volume(), r.clones())) {
        engine.forget(volume.id());
      }
      catalogue.deleteVolume(r.volume(), r.clones());
    } else {
      throw new IllegalStateException("unknown record " + record);
    }
  }
}

package dev.brindle.store.index;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.store.disk.DiskFullException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes what is frozen durable: through the journal, into {@code index.db}. The steps and their
 * order are argued in the package's description. Its monitor comes before those of the pages and
 * the copies.
 */
final class IndexWriter {
  private final LayeredPages pages;
  private final PageFile file;
  private final Copies copies;

  /** What is in the journal and not yet in {@code index.db}. */
  @GuardedBy("this")
  private @Nullable NextCheckpoint inJournal;

  @GuardedBy("this")
  private @Nullable IOException failure;

  /** So that who asks how long the files are need not wait for a checkpoint. */
  private volatile long copiesBytes;

  IndexWriter(LayeredPages pages, PageFile file, Copies copies) {
    this.pages = pages;
    this.file = file;
    this.copies = copies;
    this.copiesBytes = copies.fileBytes();
  }

  /** What the files take, in bytes, as of the last checkpoint. */
  long fileBytes() {
    return file.fileBytes() + copiesBytes;
  }

  /** The copies have changed between two checkpoints. */
  void countCopies() {
    copiesBytes = copies.fileBytes();
  }

  /** Writes a checkpoint, and first what is left of the one before it. */
  synchronized void write() throws IOException {
    if (failure != null) {
      throw new IOException("the index cannot be written since an earlier failure", failure);
    }
    try {
      apply();
      putIntoJournalAtAnyCost();
      apply();
      countCopies();
    } catch (DiskFullException e) {
      throw e;
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  /** On a full disk, a checkpoint is worth more than the copies of those before it. */
  @GuardedBy("this")
  private void putIntoJournalAtAnyCost() throws IOException {
    try {
      putIntoJournal();
    } catch (DiskFullException e) {
      if (!copies.giveUp()) {
        throw e;
      }
      putIntoJournal();
    }
  }

  @GuardedBy("this")
  private void putIntoJournal() throws IOException {
    int count = pages.takeFrozen();
    Map<Integer, byte[]> changed = pages.journaled();
    if (changed.isEmpty()) {
      return;
    }
    try {
      NextCheckpoint next = file.prepare(changed, count);
      copies.reserve(next.images().size());
      file.reserve(count);
      copies.append(next.number(), next.images());
      inJournal = next;
    } catch (DiskFullException e) {
      pages.giveBackJournaled();
      throw e;
    }
  }

  @GuardedBy("this")
  private void apply() throws IOException {
    NextCheckpoint next = inJournal;
    if (next == null) {
      return;
    }
    file.apply(next);
    pages.dropJournaled();
    inJournal = null;
    copies.applied(next.number());
  }

  // ---- Between two checkpoints

  /** Gives the copies up. */
  synchronized void giveUpCopies() throws IOException {
    if (failure == null) {
      apply();
      copies.giveUp();
      countCopies();
    }
  }

  /**
   * Begins a base of the copies.
   *
   * @return the places of what it must have; null when nothing is written any more
   */
  synchronized int @Nullable [] beginBase() throws IOException {
    if (failure != null) {
      return null;
    }
    apply();
    copies.beginBase(file.checkpoint());
    return file.places();
  }

  /** The content of some places, as of one checkpoint. */
  synchronized List<PageImage> images(int[] places, int from, int to) throws IOException {
    List<PageImage> images = new ArrayList<>(to - from);
    for (int i = from; i < to; i++) {
      images.add(file.imageOrGap(places[i]));
    }
    return images;
  }
}

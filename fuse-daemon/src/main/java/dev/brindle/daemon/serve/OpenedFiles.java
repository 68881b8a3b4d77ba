package dev.brindle.daemon.serve;

import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Timestamp;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What each file and directory looked like when it was last opened to be read: whether the pages
 * that the kernel still has of it, or the listing, are good. When size and change time are the same
 * as then, nothing was written meanwhile by any mount, and the pages may stay. An opening that only
 * writes drops none: nothing is read by it, and the next one to read sees what it wrote as a
 * change. Bounded; a file that fell out is simply read again.
 */
public final class OpenedFiles {
  private static final int FILES_MAX = 1 << 15;
  private static final int STRIPES = 16;

  /** What the kernel's pages of a file are, as of the last opening that reads. */
  public enum Pages {
    /** The file is as it was then. */
    GOOD,
    /**
     * It has changed since; of the changes that {@link #forget} was told of, none is among them.
     */
    CHANGED,
    /** Nothing is known. */
    UNKNOWN
  }

  private record Seen(long size, Timestamp modified, Timestamp changed) {
    static Seen of(InodeAttributes file) {
      return new Seen(file.size(), file.modificationTime(), file.changeTime());
    }
  }

  private static final class Stripe extends LinkedHashMap<Long, Seen> {
    private static final long serialVersionUID = 1;

    Stripe() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Long, Seen> eldest) {
      return size() > FILES_MAX / STRIPES;
    }
  }

  private final Stripe[] stripes = new Stripe[STRIPES];

  public OpenedFiles() {
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  /** What opens a file and answers. */
  public interface Opening {
    /** Returns whether the kernel took the answer. */
    boolean run(Pages pages) throws IOException;
  }

  /**
   * Opens a file. An opening that fails, or whose answer nobody takes, has the kernel drop nothing,
   * so the next one is to.
   *
   * @param attributes as they are before it is opened
   * @param notesReads whether it is an opening to read, and what is read by it will be noted as an
   *     access; else the next such one finds the pages as this one did
   */
  public void open(long node, InodeAttributes attributes, boolean notesReads, Opening opening)
      throws IOException {
    Seen seen = Seen.of(attributes);
    Seen last = notesReads ? replace(node, seen) : last(node);
    boolean taken = false;
    try {
      taken = opening.run(last == null ? Pages.UNKNOWN : pages(seen, last));
    } finally {
      if (notesReads && !taken) {
        forget(node);
      }
    }
  }

  private static Pages pages(Seen now, Seen last) {
    return now.equals(last) ? Pages.GOOD : Pages.CHANGED;
  }

  /** A file is made: of what was there before the kernel keeps nothing. */
  public void made(long node, InodeAttributes attributes) {
    replace(node, Seen.of(attributes));
  }

  private @Nullable Seen replace(long node, Seen seen) {
    Stripe stripe = stripe(node);
    synchronized (stripe) {
      return stripe.put(node, seen);
    }
  }

  private @Nullable Seen last(long node) {
    Stripe stripe = stripe(node);
    synchronized (stripe) {
      return stripe.get(node);
    }
  }

  /** The next opening is to read anew: the kernel's pages may be old. */
  public void forget(long node) {
    Stripe stripe = stripe(node);
    synchronized (stripe) {
      stripe.remove(node);
    }
  }

  private Stripe stripe(long node) {
    return stripes[(int) ((node * 0x9E3779B97F4A7C15L) >>> 60)];
  }
}

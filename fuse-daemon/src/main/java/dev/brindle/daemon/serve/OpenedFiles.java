package dev.brindle.daemon.serve;

import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Timestamp;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What each file and directory looked like when it was last opened to be read: whether the pages
 * that the kernel still has of it, or the listing, are good. When size and change time are the same
 * as then, nothing was written meanwhile by any mount, and the pages may stay; else the kernel
 * drops them at open, as it does by default. An opening that only writes drops none: nothing is
 * read by it, and the next one to read sees what it wrote as a change. Bounded; a file that fell
 * out is simply read again.
 */
public final class OpenedFiles {
  private static final int FILES_MAX = 1 << 15;
  private static final int STRIPES = 16;

  private record Seen(long size, Timestamp modified, Timestamp changed) {}

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
    /**
     * @param unchanged whether the file is as it was when it was last opened to be read
     * @return whether the kernel took the answer
     */
    boolean run(boolean unchanged) throws IOException;
  }

  /**
   * Opens a file. An opening that fails, or whose answer nobody takes, has the kernel drop nothing,
   * so the next one is to.
   *
   * @param attributes as they are before it is opened
   * @param reads whether it can be read by this opening
   */
  public void open(long node, InodeAttributes attributes, boolean reads, Opening opening)
      throws IOException {
    boolean taken = false;
    try {
      taken = opening.run(isUnchanged(node, attributes, reads));
    } finally {
      if (!taken) {
        forget(node);
      }
    }
  }

  private boolean isUnchanged(long node, InodeAttributes attributes, boolean reads) {
    Seen seen = new Seen(attributes.size(), attributes.modificationTime(), attributes.changeTime());
    Stripe stripe = stripe(node);
    synchronized (stripe) {
      return seen.equals(reads ? stripe.put(node, seen) : stripe.get(node));
    }
  }

  /** The next opening is to read anew: reading by this one will not be noted as an access. */
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

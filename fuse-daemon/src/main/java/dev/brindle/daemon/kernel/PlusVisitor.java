package dev.brindle.daemon.kernel;

import dev.brindle.daemon.kernel.Wire.EntryOut;
import dev.brindle.namespace.Entry;
import dev.brindle.store.DirectoryVisitor;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * Lists entries with their attributes. Each that the kernel is told of so is one lookup that it
 * will forget. The entries {@code .} and {@code ..} come without, and so does one that vanishes
 * meanwhile, which a node of 0 says.
 */
final class PlusVisitor implements DirectoryVisitor {
  private final Served served;
  private final Replies replies;
  private final Answer answer;
  private final DirectoryListing listing;
  private final long parent;
  private final boolean looksUp;
  private long[] nodes = new long[32];
  private int count;

  /**
   * @param looksUp whether attributes are given at all
   */
  PlusVisitor(
      Served served,
      Replies replies,
      Answer answer,
      DirectoryListing listing,
      long parent,
      boolean looksUp) {
    this.served = served;
    this.replies = replies;
    this.answer = answer;
    this.listing = listing;
    this.parent = parent;
    this.looksUp = looksUp;
  }

  @Override
  public boolean visit(Name name, long inode, int mode, long cookie) {
    if (!listing.hasRoom(name)) {
      return false;
    }
    if (!looksUp || name.isDot() || name.isDotDot() || !putEntry(name)) {
      answer.zero(listing.used(), listing.used() + EntryOut.BYTES);
    }
    listing.addPlus(name, inode, mode, cookie);
    return true;
  }

  /** False when the name is not there any more. */
  private boolean putEntry(Name name) {
    Entry entry;
    answer.readsAfter(served.invalidations().changes());
    try {
      entry = served.fileSystem().lookup(parent, name);
    } catch (FileSystemException vanished) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    replies.putCounted(answer, listing.used(), parent, entry);
    if (count == nodes.length) {
      nodes = Arrays.copyOf(nodes, 2 * count);
    }
    nodes[count++] = entry.node();
    return true;
  }

  /** Takes back the lookups of an answer that nobody has got. */
  void forgetAll() {
    for (int i = 0; i < count; i++) {
      served.removedNodes().forget(nodes[i], 1);
    }
  }
}

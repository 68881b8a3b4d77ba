package dev.brindle.store.volume;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.tree.Item;
import java.io.IOException;
import org.tinylog.Logger;

/**
 * Removes what was open without a name when a version was frozen, or when an earlier process ended.
 * Who opens the volume waits for the beginning; what is long is gone on with in the background, and
 * meanwhile nobody can reach it. The same list has what this process holds, which is left alone.
 */
final class OrphanRemoval {
  private final Engine engine;
  private final Head head;

  /** The orphan that is being removed, or behind which the next one is. */
  private long at;

  OrphanRemoval(Engine engine, Head head) {
    this.engine = engine;
    this.head = head;
  }

  /**
   * Goes on. A list that cannot be read keeps no volume from opening: what is in it stays, for a
   * repair.
   *
   * @param steps changes, at the most
   * @return whether there is nothing more to do
   */
  synchronized boolean run(int steps) throws IOException {
    try {
      for (int i = 0; i < steps && !engine.fault().isReported(); i++) {
        long orphan = engine.look(head, view -> orphanFrom(view, at));
        if (orphan == 0) {
          return true;
        }
        at = isRemoved(orphan) ? orphan + 1 : orphan;
      }
      return engine.fault().isReported();
    } catch (CorruptStoreException e) {
      Logger.error(
          e,
          "files without names in volume {} stay until a repair: their list is damaged",
          head.volume);
      return true;
    } catch (FileSystemException e) {
      if (head.isDeleted()) {
        return true;
      }
      throw e;
    }
  }

  /** Removes a part of one; true when it is gone, or is not to be removed here. */
  private boolean isRemoved(long orphan) throws IOException {
    try {
      return engine.removal().purgeLeft(head, orphan);
    } catch (CorruptStoreException e) {
      Logger.error(
          e, "a file without names, inode {} of volume {}, cannot be freed", orphan, head.volume);
      return true;
    }
  }

  /** The first orphan with this number or a larger one; 0 when there is none. */
  private static long orphanFrom(TreeView view, long from) throws IOException {
    long high = ItemType.high(ItemType.ORPHANS, ItemType.ORPHAN);
    Item item = view.tree().ceiling(high, from);
    return item == null || item.high() != high ? 0 : item.offset();
  }
}

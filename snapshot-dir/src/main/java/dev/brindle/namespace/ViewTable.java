package dev.brindle.namespace;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The views of one mount, numbered in the order in which they were first seen. Views are never
 * forgotten, since a transport may name a node of any of them as long as the mount lasts; a view is
 * some 165 bytes, and half a million are let in.
 */
final class ViewTable {
  private static final int VIEWS_MAX = Math.min(1 << 19, NodeNumber.VIEWS_MAX);

  private final VersionedStore store;
  private final View mounted;
  private final ConcurrentMap<Integer, View> byIndex = new ConcurrentHashMap<>();

  /** Volume ids and versions come from one counter, so that one map holds both. */
  private final ConcurrentMap<Long, View> byId = new ConcurrentHashMap<>();

  @GuardedBy("this")
  private int next = 1;

  ViewTable(VersionedStore store, long volume) {
    this.store = store;
    this.mounted = View.mounted(store, volume);
    byIndex.put(0, mounted);
    byId.put(volume, mounted);
  }

  View mounted() {
    return mounted;
  }

  View volume(long volume) throws FileSystemException {
    View view = byId.get(volume);
    return view != null ? view : add(volume, volume, false);
  }

  /** The view of a volume, when this mount has shown it. */
  @Nullable View known(long volume) {
    return byId.get(volume);
  }

  View snapshot(long volume, long version) throws FileSystemException {
    View view = byId.get(version);
    return view != null ? view : add(version, volume, true);
  }

  private synchronized View add(long id, long volume, boolean snapshot) throws FileSystemException {
    View raced = byId.get(id);
    if (raced != null) {
      return raced;
    }
    if (next == VIEWS_MAX) {
      throw new FileSystemException(
          Errno.EOVERFLOW, "this mount has shown too many snapshots and clones; mount it anew");
    }
    View view = snapshot ? View.snapshot(store, next, volume, id) : View.clone(store, next, volume);
    byIndex.put(next, view);
    byId.put(id, view);
    next++;
    return view;
  }

  boolean isOfSnapshot(long node) {
    View view = byIndex.get(NodeNumber.view(node));
    return view != null && view.isSnapshot();
  }

  /** ESTALE for a number that this mount never gave out. */
  Node node(long number) throws FileSystemException {
    View view = byIndex.get(NodeNumber.view(number));
    int kind = NodeNumber.kind(number);
    long inode = NodeNumber.inode(number);
    if (view == null || kind > NodeKind.CLONES.ordinal() || inode < FileTree.ROOT_INODE) {
      throw new FileSystemException(Errno.ESTALE);
    }
    return new Node(view, NodeKind.of(kind), inode);
  }
}

package dev.brindle.namespace;

import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import java.io.IOException;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One mount's end of the {@link ChangeFeed}: tells the others what this one changes, in terms of
 * volume and inode, and its own listener what they change, in terms of its nodes. What a mount has
 * never shown it cannot remember, so of other volumes nothing is passed on.
 */
final class Changes {
  private final ChangeFeed feed;
  private final ViewTable views;
  private volatile ChangeListener listener = ChangeListener.NONE;

  Changes(ChangeFeed feed, ViewTable views) {
    this.feed = feed;
    this.views = views;
    feed.join(this);
  }

  void listen(ChangeListener newListener) {
    listener = newListener;
  }

  void leave() {
    feed.leave(this);
  }

  /** What a name leads to, when somebody is to be told that it does no more; else null. */
  @Nullable InodeAttributes before(Node directory, Name name) throws IOException {
    if (!feed.isShared()) {
      return null;
    }
    FileTree tree = directory.view().tree();
    try {
      return tree.lookup(directory.inode(), name);
    } catch (FileSystemException absent) {
      return null;
    }
  }

  /**
   * A name has changed, and with it its directory.
   *
   * @param before what it led to
   */
  void entry(Node directory, Name name, @Nullable InodeAttributes before) {
    if (!feed.isShared()) {
      return;
    }
    boolean wasDirectory = before != null && before.isDirectory();
    tell(directory, (to, node) -> to.entryChanged(node, name, wasDirectory));
    content(directory);
    if (before != null) {
      attributes(directory.sibling(before.inode()));
    }
  }

  /**
   * A name was given to what another name led to, by this mount.
   *
   * @param moved what it leads to now
   */
  void moved(Node directory, Name name, @Nullable InodeAttributes moved) {
    if (moved != null && feed.isShownElsewhere(this, directory.view().volume())) {
      listener.entryMoved(directory.number(), name, moved.isDirectory());
    }
  }

  void attributes(Node node) {
    if (feed.isShared()) {
      tell(node, ChangeListener::attributesChanged);
    }
  }

  /** Of a change that failed, too: a part of it may have been made. */
  void content(Node node) {
    if (feed.isShared()) {
      tell(node, ChangeListener::contentChanged);
    }
  }

  /** As {@link #content}, where the size was set. */
  void size(Node file) {
    if (feed.isShared()) {
      tell(file, ChangeListener::sizeSet);
    }
  }

  private void tell(Node node, ObjLongConsumer<ChangeListener> message) {
    long volume = node.view().volume();
    feed.tellOthers(this, member -> member.receive(volume, node.inode(), message));
  }

  /** Whether the mount has shown a volume. */
  boolean shows(long volume) {
    return views.known(volume) != null;
  }

  private void receive(long volume, long inode, ObjLongConsumer<ChangeListener> message) {
    View view = views.known(volume);
    if (view != null) {
      message.accept(listener, new Node(view, NodeKind.INODE, inode).number());
    }
  }
}

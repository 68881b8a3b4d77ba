package dev.brindle.store.volume;

import dev.brindle.store.Difference;
import dev.brindle.store.Difference.Kind;
import dev.brindle.store.FileMode;
import dev.brindle.store.InodeFlags;
import dev.brindle.store.Name;
import dev.brindle.store.tree.TreeDiff;
import dev.brindle.store.volume.BackReferenceItem.Reference;
import dev.brindle.store.volume.PathLookup.Counterpart;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What changed from one version to another, told an inode at a time while both trees are walked:
 * the items of an inode stand together in both. Nothing is kept but what the walk needs.
 *
 * <p>An inode number is never given twice in a volume, so the same number in both trees is the same
 * file: a name that it lost and one that it won are a renaming. A path that one file lost and
 * another of the same type won was replaced, as by an editor that writes a new file and renames it
 * onto the old one: it is modified, not removed and added.
 */
final class TreeComparison {
  private final TreeView from;
  private final TreeView to;
  private final PathLookup before;
  private final PathLookup after;
  private final Consumer<Difference> sink;

  // What the walk has seen of the inode that it is at; 0 before the first.
  private long inode;
  private boolean content;
  private boolean names;

  // The last inode whose names were asked for on account of another's: one file may have many.
  private long askedInode;
  private NameChange asked = NameChange.NONE;

  private TreeComparison(TreeView from, TreeView to, Consumer<Difference> sink) {
    this.from = from;
    this.to = to;
    this.before = new PathLookup(from, to);
    this.after = new PathLookup(to, from);
    this.sink = sink;
  }

  /** Tells the differences in the order of the inodes; neither tree changes meanwhile. */
  static void run(TreeView from, TreeView to, Consumer<Difference> sink) throws IOException {
    TreeComparison comparison = new TreeComparison(from, to, sink);
    TreeDiff.walk(from.tree(), to.tree(), comparison::note);
    comparison.tell();
  }

  private void note(long high, long offset, byte @Nullable [] old, byte @Nullable [] now)
      throws IOException {
    long number = ItemType.inodeOf(high);
    int type = ItemType.typeOf(high);
    if (number == ItemType.ORPHANS || type == ItemType.DIRENT) {
      return;
    }
    if (number != inode) {
      tell();
      inode = number;
      content = false;
      names = false;
    }
    if (type == ItemType.BACK_REFERENCE) {
      names = true;
    } else if (type != ItemType.INODE || old == null || now == null) {
      content = true;
    } else {
      content |= isModified(Inode.decode(number, old), Inode.decode(number, now));
    }
  }

  /**
   * What is set from outside; an access time alone is no change, nor is the count of names, which
   * the names tell.
   */
  private static boolean isModified(Inode old, Inode now) {
    return old.mode != now.mode
        || ((old.flags ^ now.flags) & InodeFlags.SETTABLE) != 0
        || old.uid != now.uid
        || old.gid != now.gid
        || old.device != now.device
        || old.size != now.size
        || !old.modificationTime.equals(now.modificationTime);
  }

  /** Tells what is different of the inode that the walk was at. */
  private void tell() throws IOException {
    NameChange change = names ? names(inode) : NameChange.NONE;
    for (var renamed : change.renamed().entrySet()) {
      tell(Kind.RENAMED, after.path(renamed.getKey()), before.path(renamed.getValue()));
    }
    for (Reference name : change.lost()) {
      if (!isReplaced(name)) {
        tell(Kind.REMOVED, before.path(name), null);
      }
    }
    for (Reference name : change.won()) {
      tell(isReplacing(name) ? Kind.MODIFIED : Kind.ADDED, after.path(name), null);
    }
    if (content && from.find(inode) != null) {
      for (Reference name : to.references(inode)) {
        if (!change.won().contains(name)) {
          tell(Kind.MODIFIED, after.path(name), null);
        }
      }
    }
  }

  private void tell(Kind kind, @Nullable Name path, @Nullable Name oldPath) {
    if (path != null) {
      sink.accept(new Difference(kind, path, oldPath));
    }
  }

  private NameChange names(long number) throws IOException {
    return NameChange.of(number, from, to, before, after);
  }

  /** The same for another inode than the walk's. */
  private NameChange namesOf(long number) throws IOException {
    if (askedInode != number) {
      asked = names(number);
      askedInode = number;
    }
    return asked;
  }

  /** True when the path of a lost name was won by another inode of the same type. */
  private boolean isReplaced(Reference lost) throws IOException {
    Counterpart there = before.counterpart(lost);
    return there != null
        && isOfType(from, there.type())
        && namesOf(there.inode()).won().contains(there.reference());
  }

  /** True when the path of a name that was won was lost by another inode of the same type. */
  private boolean isReplacing(Reference won) throws IOException {
    Counterpart there = after.counterpart(won);
    return there != null
        && isOfType(to, there.type())
        && namesOf(there.inode()).lost().contains(there.reference());
  }

  private boolean isOfType(TreeView tree, int type) throws IOException {
    return (tree.inode(inode).mode & FileMode.TYPE_MASK) == type;
  }
}

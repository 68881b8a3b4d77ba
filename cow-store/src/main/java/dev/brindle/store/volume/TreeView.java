package dev.brindle.store.volume;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.tree.Item;
import dev.brindle.store.tree.TreeReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A version's tree read as inodes, entries and attributes; takes no lock. What has no name is in it
 * here; {@link HeadView} and {@link FrozenView} are what others see.
 */
public class TreeView {
  /** A listing takes so many entries at once, and a few more where names share an item. */
  static final int DIRECTORY_BATCH = 512;

  private final TreeReader tree;
  private final NameHash hash;

  public TreeView(TreeReader tree, NameHash hash) {
    this.tree = tree;
    this.hash = hash;
  }

  TreeReader tree() {
    return tree;
  }

  NameHash hash() {
    return hash;
  }

  /** One entry of a listing. */
  record ListedEntry(Name name, long inode, int mode, long cookie) {}

  @Nullable Inode find(long number) throws IOException {
    byte[] value = tree.get(ItemType.high(number, ItemType.INODE), 0);
    return value == null ? null : Inode.decode(number, value);
  }

  /**
   * @throws FileSystemException ENOENT
   */
  Inode inode(long number) throws IOException {
    Inode inode = find(number);
    if (inode == null) {
      throw new FileSystemException(Errno.ENOENT);
    }
    return inode;
  }

  /**
   * @throws FileSystemException ENOENT, ENOTDIR
   */
  Inode directory(long number) throws IOException {
    Inode inode = inode(number);
    if (!inode.isDirectory()) {
      throw new FileSystemException(Errno.ENOTDIR);
    }
    return inode;
  }

  byte @Nullable [] direntItem(long directory, Name name) throws IOException {
    return tree.get(ItemType.high(directory, ItemType.DIRENT), hash.ofEntry(name));
  }

  /**
   * @throws FileSystemException ENOENT, ENOTDIR, ENAMETOOLONG
   */
  DirentItem.Entry entry(long directory, Name name) throws IOException {
    DirentItem.Entry entry = DirentItem.find(direntItem(directory, name), name);
    if (entry == null) {
      if (name.length() > Name.LENGTH_MAX) {
        throw new FileSystemException(Errno.ENAMETOOLONG);
      }
      directory(directory);
      throw new FileSystemException(Errno.ENOENT);
    }
    return entry;
  }

  long parent(long directory) throws IOException {
    directory(directory);
    Item item = tree.ceiling(ItemType.high(directory, ItemType.BACK_REFERENCE), 0);
    return item != null && item.high() == ItemType.high(directory, ItemType.BACK_REFERENCE)
        ? BackReferenceItem.decode(item.value()).get(0).parent()
        : directory;
  }

  /** The names of an inode. */
  public List<BackReferenceItem.Reference> references(long inode) throws IOException {
    List<BackReferenceItem.Reference> references = new ArrayList<>(1);
    for (Item item : items(inode, ItemType.BACK_REFERENCE)) {
      references.addAll(BackReferenceItem.decode(item.value()));
    }
    return references;
  }

  /** The path of a name; null when it is below a directory that has none any more. */
  public @Nullable Name path(BackReferenceItem.Reference name) throws IOException {
    List<Name> parts = new ArrayList<>();
    parts.add(name.name());
    long directory = name.parent();
    while (directory != FileTree.ROOT_INODE) {
      List<BackReferenceItem.Reference> names = references(directory);
      if (names.isEmpty()) {
        return null;
      }
      parts.add(names.get(0).name());
      directory = names.get(0).parent();
    }
    ByteArrayOutputStream path = new ByteArrayOutputStream();
    for (int i = parts.size() - 1; i >= 0; i--) {
      path.writeBytes(parts.get(i).bytes());
      if (i > 0) {
        path.write('/');
      }
    }
    return Name.of(path.toByteArray());
  }

  byte[] readlink(long number) throws IOException {
    Inode inode = inode(number);
    byte[] target = tree.get(ItemType.high(number, ItemType.SYMLINK), 0);
    if (!inode.isSymlink() || target == null) {
      throw new FileSystemException(Errno.EINVAL);
    }
    return target;
  }

  byte[] getxattr(long number, Name name) throws IOException {
    inode(number);
    byte[] item = tree.get(ItemType.high(number, ItemType.XATTR), hash.of(name));
    byte[] value = XattrItem.decode(item).get(name);
    if (value == null) {
      throw new FileSystemException(Errno.ENODATA);
    }
    return value;
  }

  List<Name> listxattr(long number) throws IOException {
    inode(number);
    List<Name> names = new ArrayList<>();
    for (Item item : items(number, ItemType.XATTR)) {
      names.addAll(XattrItem.decode(item.value()).keySet());
    }
    return names;
  }

  /** Entries behind a cookie: fewer than a batch at the directory's end only. */
  List<ListedEntry> list(long directory, long cookie) throws IOException {
    List<ListedEntry> entries = new ArrayList<>();
    long high = ItemType.high(directory, ItemType.DIRENT);
    tree.forEach(
        high,
        DirentItem.itemOffset(cookie),
        high + 1,
        0,
        (itemHigh, offset, value) -> {
          List<DirentItem.Entry> ofItem = DirentItem.decode(value);
          ofItem.sort(Comparator.comparingInt(DirentItem.Entry::slot));
          for (DirentItem.Entry entry : ofItem) {
            long at = entry.cookie(offset);
            if (at > cookie) {
              entries.add(new ListedEntry(entry.name(), entry.inode(), entry.mode(), at));
            }
          }
          return entries.size() < DIRECTORY_BATCH;
        });
    return entries;
  }

  /** The items of one inode and type, in order. */
  private List<Item> items(long inode, int type) throws IOException {
    List<Item> items = new ArrayList<>(1);
    long high = ItemType.high(inode, type);
    tree.forEach(
        high,
        0,
        high + 1,
        0,
        (itemHigh, offset, value) -> items.add(new Item(high, offset, value)));
    return items;
  }
}

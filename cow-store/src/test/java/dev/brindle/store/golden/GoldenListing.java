package dev.brindle.store.golden;

import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.Store;
import dev.brindle.store.Timestamp;
import dev.brindle.store.VolumeInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * All that a store holds, as lines of text: each volume and snapshot with the paths in it, their
 * attributes and the checksums of their contents. Its form must stay as it is, or the listings in
 * the resources would have to change with it.
 */
final class GoldenListing {
  private static final int READ_BYTES = 1 << 20;

  private final List<String> lines = new ArrayList<>();

  private GoldenListing() {}

  static List<String> of(Store store) throws IOException {
    GoldenListing listing = new GoldenListing();
    for (VolumeInfo volume : store.volumes()) {
      for (SnapshotInfo snapshot : store.snapshots(volume.id())) {
        listing.tree(
            volume.fullName() + "@" + snapshot.name(), store.openSnapshot(snapshot.version()));
      }
      listing.tree(volume.fullName(), store.open(volume.id()));
    }
    return listing.lines;
  }

  private void tree(String title, FileTree tree) throws IOException {
    lines.add("== " + title);
    visit(tree, FileTree.ROOT_INODE, "");
  }

  private void visit(FileTree tree, long inode, String path) throws IOException {
    InodeAttributes a = tree.getattr(inode);
    lines.add(
        "%s/ inode %d mode %o links %d owner %d:%d device %d size %d blocks %d times %s %s %s %s"
            .formatted(
                path,
                a.inode(),
                a.mode(),
                a.linkCount(),
                a.uid(),
                a.gid(),
                a.device(),
                a.size(),
                a.blocks(),
                time(a.accessTime()),
                time(a.modificationTime()),
                time(a.changeTime()),
                time(a.birthTime())));
    for (Name name : tree.listxattr(inode).stream().sorted().toList()) {
      lines.add("  xattr " + name + " " + crc(tree.getxattr(inode, name)));
    }
    if (a.isSymlink()) {
      lines.add("  target " + crc(tree.readlink(inode)));
    }
    if (a.isRegular()) {
      lines.add("  data " + data(tree, a));
    }
    if (a.isDirectory()) {
      for (var entry : entries(tree, inode).entrySet()) {
        visit(tree, entry.getValue(), path + "/" + entry.getKey());
      }
    }
  }

  private static TreeMap<Name, Long> entries(FileTree tree, long directory) throws IOException {
    TreeMap<Name, Long> entries = new TreeMap<>();
    tree.readdir(
        directory, 0, (name, inode, mode, cookie) -> entries.putIfAbsent(name, inode) == null);
    return entries;
  }

  private static String time(Timestamp time) {
    return time.toInstant().toString();
  }

  private static String data(FileTree tree, InodeAttributes file) throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
    long total = 0;
    while (total < file.size()) {
      total += tree.read(file.inode(), total, buffer.clear());
      crc.update(buffer.flip());
    }
    return total + " bytes, crc32c %08x".formatted(crc.getValue());
  }

  private static String crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return bytes.length + " bytes, crc32c %08x".formatted(crc.getValue());
  }
}

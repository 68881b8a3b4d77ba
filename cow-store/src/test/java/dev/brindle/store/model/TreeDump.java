package dev.brindle.store.model;

import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** Everything that can be read of a file tree, as text: path to attributes and checksums. */
final class TreeDump {
  private TreeDump() {}

  static TreeMap<String, String> of(FileTree tree) throws IOException {
    TreeMap<String, String> dump = new TreeMap<>();
    visit(tree, FileTree.ROOT_INODE, "", dump);
    return dump;
  }

  private static void visit(FileTree tree, long inode, String path, TreeMap<String, String> dump)
      throws IOException {
    InodeAttributes attributes = tree.getattr(inode);
    StringBuilder line = new StringBuilder(attributes.toString());
    for (Name name : tree.listxattr(inode).stream().sorted().toList()) {
      line.append(' ').append(name).append('=').append(crc(tree.getxattr(inode, name)));
    }
    if (attributes.isSymlink()) {
      line.append(" -> ").append(crc(tree.readlink(inode)));
    }
    if (attributes.isRegular()) {
      line.append(" data ").append(data(tree, attributes));
    }
    dump.put(path, line.toString());
    if (attributes.isDirectory()) {
      for (Listing.Entry entry : Listing.read(tree, inode, 1000)) {
        visit(tree, entry.inode(), path + "/" + entry.name(), dump);
      }
    }
  }

  private static long data(FileTree tree, InodeAttributes file) throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    for (long at = 0; at < file.size(); at += buffer.capacity()) {
      buffer.clear();
      tree.read(file.inode(), at, buffer);
      crc.update(buffer.flip());
    }
    return crc.getValue();
  }

  private static String crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return bytes.length + ":" + crc.getValue() + ":" + Arrays.hashCode(bytes);
  }
}

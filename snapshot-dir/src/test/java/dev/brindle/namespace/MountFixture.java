package dev.brindle.namespace;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree.RenameMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A mounted volume, and the system calls of a test as paths. */
abstract class MountFixture {
  static final Caller OWNER = new Caller(StoreKind.OWNER, StoreKind.OWNER, 1);
  static final Caller OTHER = new Caller(2000, 2000, 1);

  @TempDir Path directory;
  StoreKind.Opened opened;
  Namespace mount;

  /** The store that the tests of this class run over. */
  StoreKind kind() {
    return StoreKind.FAKE;
  }

  @BeforeEach
  final void open() throws IOException {
    opened = kind().open(directory.resolve("store"));
    mount = mount(NamespaceOptions.defaults());
  }

  @AfterEach
  final void close() throws IOException {
    mount.close();
    opened.close();
  }

  final Namespace mount(NamespaceOptions options) throws IOException {
    return Namespace.open(opened.store(), opened.volume(), options, new ChangeFeed());
  }

  final void remount(NamespaceOptions options) throws IOException {
    mount.close();
    mount = mount(options);
  }

  static Errno errno(Executable call) {
    return assertThrows(FileSystemException.class, call).errno();
  }

  final Entry stat(String path) throws IOException {
    Entry at = mount.getattr(InodeFileSystem.ROOT_NODE);
    for (String name : path.split("/")) {
      if (!name.isEmpty()) {
        at = mount.lookup(at.node(), Name.of(name));
      }
    }
    return at;
  }

  final long node(String path) throws IOException {
    return stat(path).node();
  }

  final InodeAttributes attributes(String path) throws IOException {
    return stat(path).attributes();
  }

  final long inode(String path) throws IOException {
    return attributes(path).inode();
  }

  final long above(String path) throws IOException {
    return node(path.substring(0, path.lastIndexOf('/')));
  }

  static Name last(String path) {
    return Name.of(path.substring(path.lastIndexOf('/') + 1));
  }

  final Entry mkdir(String path) throws IOException {
    return mkdir(OWNER, path);
  }

  final Entry mkdir(Caller caller, String path) throws IOException {
    return mount.mkdir(caller, above(path), last(path), 0755);
  }

  final Entry mknod(String path) throws IOException {
    return mount.mknod(OWNER, above(path), last(path), FileMode.REGULAR | 0644, 0);
  }

  final void rmdir(String path) throws IOException {
    rmdir(OWNER, path);
  }

  final void rmdir(Caller caller, String path) throws IOException {
    letGo(mount.rmdir(caller, above(path), last(path)));
  }

  final void unlink(String path) throws IOException {
    letGo(mount.unlink(OWNER, above(path), last(path)));
  }

  final void rename(String from, String to) throws IOException {
    rename(from, to, RenameMode.REPLACE);
  }

  final void rename(String from, String to, RenameMode mode) throws IOException {
    letGo(mount.rename(OWNER, above(from), last(from), above(to), last(to), mode));
  }

  /** As a kernel does that knows nothing of it any more. */
  private void letGo(@Nullable Removed removed) throws IOException {
    if (removed != null && removed.isHeld()) {
      mount.release(removed.handle());
    }
  }

  final void write(String path, String text) throws IOException {
    Entry file;
    try {
      file = stat(path);
    } catch (FileSystemException e) {
      file = mknod(path);
    }
    long handle = mount.open(file.node(), true);
    try {
      mount.write(handle, 0, ByteBuffer.wrap(text.getBytes(UTF_8)));
    } finally {
      mount.release(handle);
    }
  }

  final String read(String path) throws IOException {
    long handle = mount.open(node(path), false);
    try {
      return readHandle(handle);
    } finally {
      mount.release(handle);
    }
  }

  final String readHandle(long handle) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(1000);
    int count = mount.read(handle, 0, target);
    return new String(target.array(), 0, count, UTF_8);
  }

  /** The names that readdir gives, without the dots. */
  final List<String> list(String path) throws IOException {
    List<String> names = new ArrayList<>(listInodes(path).keySet());
    names.remove(".");
    names.remove("..");
    return names;
  }

  /** Names and inode numbers as readdir gives them, one entry a call. */
  final Map<String, Long> listInodes(String path) throws IOException {
    Map<String, Long> found = new LinkedHashMap<>();
    long handle = mount.opendir(node(path));
    try {
      long[] cookie = {0};
      boolean[] more = {true};
      while (more[0]) {
        more[0] = false;
        boolean[] enough = {false};
        mount.readdir(
            handle,
            cookie[0],
            (name, inode, mode, next) -> {
              assertFalse(enough[0], "visited after it had enough");
              if (more[0]) {
                enough[0] = true;
                return false;
              }
              more[0] = true;
              cookie[0] = next;
              found.put(name.toString(), inode);
              return true;
            });
      }
    } finally {
      mount.releasedir(handle);
    }
    return found;
  }
}

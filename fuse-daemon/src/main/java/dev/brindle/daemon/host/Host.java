package dev.brindle.daemon.host;

import dev.brindle.daemon.transport.TransportKind;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.WritableFileTree.XattrMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** An operating system that Brindle mounts on. */
public enum Host {
  LINUX,
  MACOS;

  private static final byte[] XATTR_NAMESPACE_OF_ROOT = ascii("trusted.");

  private static final List<byte[]> XATTR_NAMESPACES =
      List.of(ascii("user."), XATTR_NAMESPACE_OF_ROOT, ascii("security."));

  /** The one this process runs on. */
  public static Host current() {
    return of(System.getProperty("os.name", ""));
  }

  static Host of(String osName) {
    return osName.toLowerCase(Locale.ROOT).startsWith("mac") ? MACOS : LINUX;
  }

  /** How the kernel is talked with unless somebody says otherwise. */
  public TransportKind transport() {
    return this == LINUX ? TransportKind.KERNEL : TransportKind.LIBFUSE;
  }

  /** What libfuse 2 may be called, best first, as {@code dlopen} or the linker takes it. */
  public List<String> fuseLibraries() {
    return switch (this) {
      case LINUX -> List.of("libfuse.so.2", "fuse");
      case MACOS -> List.of("fuse", "osxfuse", "macfuse", "fuse.2");
    };
  }

  /** What to install when libfuse 2 is missing. */
  public String fuseLibraryHint() {
    return switch (this) {
      case LINUX ->
          "install the package libfuse2 (Debian, Ubuntu; libfuse2t64 from Ubuntu 24.04 on),"
              + " fuse-libs (Fedora, RHEL) or fuse2 (Arch)";
      case MACOS -> "install macFUSE (brew install --cask macfuse) and allow its system extension";
    };
  }

  /** What to install when {@code fusermount} is missing. */
  public String fusermountHint() {
    return "install the package fuse3 or fuse (Debian, Ubuntu, Fedora), which has the command"
        + " fusermount";
  }

  /** The device of the kernel's part, or one that shows that it is there. */
  public List<Path> fuseDevices() {
    return switch (this) {
      case LINUX -> List.of(Path.of("/dev/fuse"));
      case MACOS -> List.of(Path.of("/dev/macfuse0"), Path.of("/dev/osxfuse0"));
    };
  }

  /**
   * The commands that unmount, in the order in which to try them: the next one is for when the one
   * before is not installed.
   *
   * @param root whether this process may call {@code umount} itself
   * @param lazy detaches at once, also when files are open
   */
  public List<List<String>> unmountCommands(Path mountPoint, boolean root, boolean lazy) {
    String path = mountPoint.toString();
    return switch (this) {
      case LINUX -> {
        if (root) {
          yield List.of(
              lazy
                  ? List.of("umount", "-i", "-l", "--", path)
                  : List.of("umount", "-i", "--", path));
        }
        yield lazy
            ? List.of(
                List.of("fusermount", "-u", "-z", "--", path),
                List.of("fusermount3", "-u", "-z", "--", path))
            : List.of(
                List.of("fusermount", "-u", "--", path), List.of("fusermount3", "-u", "--", path));
      }
      case MACOS ->
          lazy
              ? List.of(
                  List.of("diskutil", "unmount", "force", path), List.of("umount", "-f", path))
              : List.of(List.of("umount", path));
    };
  }

  /** The room for a path in {@code sockaddr_un}, in bytes, without the NUL. */
  public int socketPathBytesMax() {
    return switch (this) {
      case LINUX -> 107;
      case MACOS -> 103;
    };
  }

  /** {@code O_APPEND}. */
  public int appendFlag() {
    return this == LINUX ? 02000 : 0x8;
  }

  /** {@code O_TRUNC}. */
  public int truncateFlag() {
    return this == LINUX ? 01000 : 0x400;
  }

  /** {@code O_EXCL}. */
  public int exclusiveFlag() {
    return this == LINUX ? 0200 : 0x800;
  }

  /** {@code O_NOATIME}; macOS has none. */
  public int noAccessTimeFlag() {
    return this == LINUX ? 01000000 : 0;
  }

  /** What {@code XATTR_CREATE} and {@code XATTR_REPLACE} among the flags of setxattr(2) mean. */
  public XattrMode xattrMode(int flags) {
    boolean onlyCreates = (flags & (this == LINUX ? 1 : 2)) != 0;
    boolean onlyReplaces = (flags & (this == LINUX ? 2 : 4)) != 0;
    if (onlyCreates) {
      return onlyReplaces ? XattrMode.NEITHER : XattrMode.CREATE;
    }
    return onlyReplaces ? XattrMode.REPLACE : XattrMode.CREATE_OR_REPLACE;
  }

  /**
   * Refuses names of extended attributes that are not kept. Linux knows namespaces, and a file
   * system refuses those it does not serve; macOS knows none.
   *
   * @throws FileSystemException EOPNOTSUPP outside the namespaces; EINVAL for the bare name of one
   */
  public void requireXattrName(byte[] name) throws FileSystemException {
    if (this == MACOS || XATTR_NAMESPACES.stream().anyMatch(prefix -> startsWith(name, prefix))) {
      return;
    }
    boolean bare = XATTR_NAMESPACES.stream().anyMatch(prefix -> Arrays.equals(name, prefix));
    throw new FileSystemException(bare ? Errno.EINVAL : Errno.EOPNOTSUPP);
  }

  /** Whether a name is listed for root alone, who alone gets at such an attribute on Linux. */
  public boolean isXattrOfRoot(byte[] name) {
    return this == LINUX && startsWith(name, XATTR_NAMESPACE_OF_ROOT);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean startsWith(byte[] name, byte[] prefix) {
    return name.length > prefix.length
        && Arrays.equals(name, 0, prefix.length, prefix, 0, prefix.length);
  }
}

package dev.brindle.daemon.kernel;

import dev.brindle.daemon.host.Host;
import dev.brindle.daemon.kernel.Wire.GetxattrIn;
import dev.brindle.daemon.kernel.Wire.SetxattrIn;
import dev.brindle.daemon.serve.XattrList;
import dev.brindle.namespace.Caller;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.AttributeChange;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.PosixAcl;
import java.io.IOException;
import java.util.List;

/**
 * The operations on extended attributes. A caller that gives no room (size 0) asks how much it
 * needs; too little is ERANGE.
 */
final class XattrOperations {
  /** XATTR_SIZE_MAX of Linux, in bytes. */
  private static final int SIZE_MAX = 65_536;

  private static final int ACL_KILL_SET_GID = 1;

  private final InodeFileSystem fileSystem;
  private final boolean extended;

  /**
   * @param extended whether the request to set one has flags of its own (SETXATTR_EXT)
   */
  XattrOperations(InodeFileSystem fileSystem, boolean extended) {
    this.fileSystem = fileSystem;
    this.extended = extended;
  }

  void setxattr(Request request, Answer answer) throws IOException {
    int size = request.u32(SetxattrIn.SIZE);
    if (size < 0 || size > SIZE_MAX) {
      throw new FileSystemException(Errno.E2BIG);
    }
    int nameAt = extended ? SetxattrIn.BYTES : SetxattrIn.OLD_BYTES;
    Name name = name(request, nameAt);
    byte[] value = new byte[size];
    request.data(request.behindString(nameAt), size).get(value);
    if (name.equals(PosixAcl.ACCESS)) {
      dropSetGid(request);
    }
    fileSystem.setxattr(
        request.caller(),
        request.node(),
        name,
        value,
        Host.LINUX.xattrMode(request.u32(SetxattrIn.FLAGS)));
    Privileges.attributeSet(name);
    answer.success();
  }

  /**
   * Where who is not in the group sets a list, the inode may no longer act with the group's rights.
   * A kernel that does not say so does not say either which other groups the caller is in: none.
   */
  private void dropSetGid(Request request) throws IOException {
    InodeAttributes found = fileSystem.getattr(request.node()).attributes();
    Caller caller = request.caller();
    boolean drops =
        extended
            ? (request.u32(SetxattrIn.SETXATTR_FLAGS) & ACL_KILL_SET_GID) != 0
            : !caller.isRoot() && caller.gid() != found.gid();
    if (drops && (found.mode() & FileMode.SET_GID) != 0) {
      int without = found.mode() & FileMode.PERMISSION_MASK & ~FileMode.SET_GID;
      fileSystem.setattr(caller, request.node(), AttributeChange.ofMode(without));
    }
  }

  void getxattr(Request request, Answer answer) throws IOException {
    Name name = name(request, GetxattrIn.BYTES);
    send(answer, fileSystem.getxattr(request.node(), name), request.u32(GetxattrIn.SIZE));
  }

  void listxattr(Request request, Answer answer) throws IOException {
    List<Name> names = fileSystem.listxattr(request.node());
    byte[] list = XattrList.of(names, request.caller(), Host.LINUX);
    send(answer, list, request.u32(GetxattrIn.SIZE));
  }

  void removexattr(Request request, Answer answer) throws IOException {
    fileSystem.removexattr(request.caller(), request.node(), name(request, 0));
    answer.success();
  }

  /**
   * @throws FileSystemException as {@link Host#requireXattrName}
   */
  private static Name name(Request request, int at) throws FileSystemException {
    byte[] bytes = request.string(at);
    Name name = Name.of(bytes);
    if (!PosixAcl.isName(name)) {
      Host.LINUX.requireXattrName(bytes);
    }
    return name;
  }

  private static void send(Answer answer, byte[] bytes, int room) throws FileSystemException {
    if (room == 0) {
      Replies.number(answer, bytes.length);
    } else if (bytes.length > room) {
      throw new FileSystemException(Errno.ERANGE);
    } else {
      answer.bytes(bytes);
    }
  }
}

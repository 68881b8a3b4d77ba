package dev.brindle.namespace;

import static dev.brindle.store.contract.Acls.acl;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.PosixAcl;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.RenameMode;
import dev.brindle.store.WritableFileTree.XattrMode;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Another call removes a name right after it was made: what was made was made all the same. */
class LostNameTest extends MountFixture {
  private static final long ROOT = FileTree.ROOT_INODE;
  private static final Name NEW = Name.of("new");
  private static final String LIST = "u::7 u:5:7 g::5 m::7 o::0";

  /** What the other call does as soon as there is a name {@code new} in the root. */
  private interface Loss {
    void run(WritableFileTree tree) throws IOException;
  }

  private interface Call {
    Object make(Method method, Object[] arguments) throws Throwable;
  }

  /** How often the name was made. */
  private int made;

  private static void remove(WritableFileTree tree) throws IOException {
    if (tree.lookup(ROOT, NEW).isDirectory()) {
      tree.rmdir(ROOT, NEW);
    } else {
      tree.unlink(ROOT, NEW);
    }
  }

  /** From now on each new name is lost at once; the kernel asks for no access control list. */
  private void lose(Loss loss) throws IOException {
    VersionedStore store = opened.store();
    VersionedStore losing =
        around(
            VersionedStore.class,
            (method, arguments) -> {
              Object answer = call(store, method, arguments);
              return answer instanceof WritableFileTree tree ? losing(tree, loss) : answer;
            });
    opened = new StoreKind.Opened(losing, opened.volume(), opened.end());
    remount(NamespaceOptions.defaults().withObeysAcls(false));
  }

  private WritableFileTree losing(WritableFileTree tree, Loss loss) {
    return around(
        WritableFileTree.class,
        (method, arguments) -> {
          boolean wasThere = isThere(tree);
          Object answer = call(tree, method, arguments);
          if (!wasThere && isThere(tree)) {
            made++;
            loss.run(tree);
          }
          return answer;
        });
  }

  private static boolean isThere(WritableFileTree tree) throws IOException {
    try {
      tree.lookup(ROOT, NEW);
      return true;
    } catch (FileSystemException absent) {
      return false;
    }
  }

  private static <T> T around(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> call.make(method, arguments)));
  }

  private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** An error would have the kernel, or the program, make the file once more. */
  @Test
  void create_ofWhatIsUnlinkedAtOnce_isMadeOnce_andStaysOpen() throws IOException {
    lose(LostNameTest::remove);
    OpenFile file = mount.create(OWNER, node("/"), NEW, 0644, true);
    assertEquals(1, made);
    assertEquals(List.of(), list("/"));
    assertEquals(FileMode.REGULAR | 0644, file.entry().attributes().mode());
    mount.write(file.handle(), 0, ByteBuffer.wrap("text".getBytes()));
    assertEquals("text", readHandle(file.handle()));
    long node = file.entry().node();
    assertEquals(0, mount.getattr(node).attributes().linkCount());
    mount.release(file.handle());
    assertEquals(Errno.ENOENT, errno(() -> mount.getattr(node)));
  }

  @Test
  void create_ofWhatIsReplacedAtOnce_keepsItsOwn() throws IOException {
    write("/other", "other");
    lose(tree -> tree.rename(ROOT, Name.of("other"), ROOT, NEW, RenameMode.REPLACE));
    OpenFile file = mount.create(OWNER, node("/"), NEW, 0644, true);
    mount.write(file.handle(), 0, ByteBuffer.wrap("mine".getBytes()));
    assertEquals("mine", readHandle(file.handle()));
    assertEquals("other", read("/new"));
    mount.release(file.handle());
    assertEquals("other", read("/new"));
  }

  /** For a kernel that obeys modes alone, the list is read after the file was made. */
  @Test
  void create_ofWhatInheritsAList_showsModesAsTheListHasThem() throws IOException {
    inheritAList();
    lose(LostNameTest::remove);
    OpenFile file = mount.create(OWNER, node("/"), NEW, 0666, true);
    InodeAttributes shown = mount.getattr(file.entry().node()).attributes();
    assertEquals(shown.mode(), file.entry().attributes().mode());
    mount.release(file.handle());
  }

  @Test
  void whatIsRemovedBeforeItIsShown_wasMade() throws IOException {
    inheritAList();
    lose(LostNameTest::remove);
    gone(FileMode.REGULAR, mount.mknod(OWNER, node("/"), NEW, FileMode.REGULAR | 0644, 0));
    gone(FileMode.FIFO, mount.mknod(OWNER, node("/"), NEW, FileMode.FIFO | 0644, 0));
    gone(FileMode.SYMLINK, mount.symlink(OWNER, node("/"), NEW, "f".getBytes()));
    gone(FileMode.DIRECTORY, mount.mkdir(OWNER, node("/"), NEW, 0755));
  }

  @Test
  void link_ofWhatIsRemovedBeforeItIsShown_wasMade() throws IOException {
    write("/f", "text");
    mount.setxattr(OWNER, node("/f"), PosixAcl.ACCESS, acl(LIST), XattrMode.CREATE);
    lose(
        tree -> {
          tree.unlink(ROOT, NEW);
          tree.unlink(ROOT, Name.of("f"));
        });
    gone(FileMode.REGULAR, mount.link(OWNER, node("/f"), node("/"), NEW));
  }

  private void inheritAList() throws IOException {
    mount.setxattr(OWNER, node("/"), PosixAcl.DEFAULT, acl(LIST), XattrMode.CREATE);
  }

  private void gone(int type, Entry shown) throws IOException {
    assertTrue(made > 0);
    made = 0;
    assertEquals(type, shown.attributes().mode() & FileMode.TYPE_MASK);
    assertEquals(List.of(), list("/"));
    assertEquals(Errno.ENOENT, errno(() -> mount.getattr(shown.node())));
  }
}

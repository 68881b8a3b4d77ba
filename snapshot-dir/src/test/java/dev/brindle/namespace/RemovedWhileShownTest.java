package dev.brindle.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.brindle.store.FileMode;
import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A directory of a snapshot whose place in the volume goes while its permissions are found out. */
class RemovedWhileShownTest extends MountFixture {
  private long parent;
  private long inode;
  private boolean removed;

  @Override
  StoreKind kind() {
    return StoreKind.STORE;
  }

  @Test
  void snapshotOfADirectory_thatIsRemovedAndHeldMeanwhile_showsToItsOwnerAlone() throws Exception {
    mkdir("/above");
    mkdir("/above/below");
    mkdir("/.snapshots/s");
    VersionedStore store = opened.store();
    WritableFileTree tree = store.open(opened.volume());
    parent = tree.lookup(1, Name.of("above")).inode();
    inode = tree.lookup(parent, Name.of("below")).inode();
    VersionedStore removing =
        around(
            VersionedStore.class,
            store,
            (method, arguments, result) ->
                result instanceof WritableFileTree live
                    ? around(WritableFileTree.class, live, this::removeOnceSeen)
                    : result);
    opened = new StoreKind.Opened(removing, opened.volume(), opened.end());
    remount(NamespaceOptions.defaults());
    Entry found =
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> stat("/.snapshots/s/above/below"));
    tree.release(inode);
    assertEquals(0700, found.attributes().mode() & FileMode.ACCESS_MASK);
  }

  private Object removeOnceSeen(Method method, Object[] arguments, Object result) throws Exception {
    if (!removed && method.getName().equals("getattr") && arguments[0].equals(inode)) {
      removed = true;
      opened.store().open(opened.volume()).rmdir(parent, Name.of("below"), true);
    }
    return result;
  }

  /** What becomes of the result of a call. */
  private interface After {
    Object result(Method method, Object[] arguments, Object result) throws Exception;
  }

  private static <T> T around(Class<T> type, T inner, After after) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              try {
                return after.result(method, arguments, method.invoke(inner, arguments));
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}

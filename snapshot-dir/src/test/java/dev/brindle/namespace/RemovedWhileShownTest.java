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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A directory of a snapshot whose place in the volume goes while its permissions are found out. */
class RemovedWhileShownTest extends MountFixture {
  private long parent;
  private long inode;
  private int looks;

  @Override
  StoreKind kind() {
    return StoreKind.STORE;
  }

  /**
   * Seen as it was removed, or, where it went before its place was looked at, by its owner alone.
   */
  @ParameterizedTest
  @CsvSource({"1, 755", "2, 700"})
  void snapshotOfADirectory_thatIsRemovedAndHeldMeanwhile_isShown(int look, String mode)
      throws Exception {
    looks = look;
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
    int shown = found.attributes().mode() & FileMode.ACCESS_MASK;
    assertEquals(mode, Integer.toOctalString(shown));
  }

  private Object removeOnceSeen(Method method, Object[] arguments, Object result) throws Exception {
    if (method.getName().equals("getattr") && arguments[0].equals(inode) && --looks == 0) {
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

package dev.brindle.daemon;

import dev.brindle.namespace.InodeFileSystem;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** A file system before each of whose operations a test has its say. */
public final class Intercepted {
  private Intercepted() {}

  /** Stands before the operations. */
  public interface Interceptor {
    /**
     * Is called before an operation, and may wait or throw.
     *
     * @param operation the method's name
     * @return the answer, or null to have the operation give it
     */
    @Nullable Object before(String operation, Object[] arguments) throws Throwable;
  }

  public static InodeFileSystem of(InodeFileSystem target, Interceptor interceptor) {
    return (InodeFileSystem)
        Proxy.newProxyInstance(
            Intercepted.class.getClassLoader(),
            new Class<?>[] {InodeFileSystem.class},
            (proxy, method, arguments) -> {
              Object answer = interceptor.before(method.getName(), arguments);
              if (answer != null) {
                return answer;
              }
              try {
                return method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}

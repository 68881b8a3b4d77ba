package dev.brindle.daemon.libfuse;

import jnr.ffi.annotations.Delegate;

/**
 * The shapes of the low-level interface's callbacks. Every argument is taken as 64 bits, whatever
 * its C type: pointers stay numbers, so that names are the kernel's bytes and no character set ever
 * touches them, and an {@code int} is what a cast to int leaves. Public only because jnr-ffi
 * implements them by classes of its own.
 */
public final class FuseCallbacks {
  private FuseCallbacks() {}

  /** {@code void f(req, a)}. */
  @FunctionalInterface
  public interface Callback2 {
    @Delegate
    void call(long request, long a);
  }

  /** {@code void f(req, a, b)}. */
  @FunctionalInterface
  public interface Callback3 {
    @Delegate
    void call(long request, long a, long b);
  }

  /** {@code void f(req, a, b, c)}. */
  @FunctionalInterface
  public interface Callback4 {
    @Delegate
    void call(long request, long a, long b, long c);
  }

  /** {@code void f(req, a, b, c, d)}. */
  @FunctionalInterface
  public interface Callback5 {
    @Delegate
    void call(long request, long a, long b, long c, long d);
  }

  /** {@code void f(req, a, b, c, d, e)}. */
  @FunctionalInterface
  public interface Callback6 {
    @Delegate
    void call(long request, long a, long b, long c, long d, long e);
  }
}

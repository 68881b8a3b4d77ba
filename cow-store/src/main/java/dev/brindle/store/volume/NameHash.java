package dev.brindle.store.volume;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import dev.brindle.store.Name;

/**
 * The hash that places names in a tree: SipHash-2-4 with the store's own key, so that nobody who
 * may choose names can make them collide.
 *
 * @see <a href="https://www.aumasson.jp/siphash/siphash.pdf">SipHash: a fast short-input PRF</a>
 */
public final class NameHash {
  private final HashFunction function;

  public NameHash(long key0, long key1) {
    this.function = Hashing.sipHash24(key0, key1);
  }

  /** 64 bits. */
  public long of(Name name) {
    return function.hashBytes(name.bytes()).asLong();
  }

  public long of(long parent, Name name) {
    return function.newHasher().putLong(parent).putBytes(name.bytes()).hash().asLong();
  }

  /** 62 bits of which the lower 6 are clear: there a directory cookie has its slot. */
  public long ofEntry(Name name) {
    return (of(name) >>> 2) & ~(DirentItem.SLOTS - 1L);
  }
}

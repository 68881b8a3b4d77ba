package dev.brindle.store.log;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/**
 * Blocks that were read or written lately, by address, and the checksum pages of sealed segments.
 * An address never gets other content, so nothing here is ever out of date; what is in it was
 * verified when it came in.
 */
final class BlockCache {
  /** What an entry costs beside its bytes: key, node of the cache, array header. */
  private static final int ENTRY_BYTES = 128;

  private static final int CHECKSUM_SHARE = 16;
  private static final long CHECKSUM_BYTES_MIN = 1 << 20;

  private final Cache<Long, byte[]> blocks;
  private final Cache<PageKey, int[]> checksumPages;

  private record PageKey(long segment, int page) {}

  BlockCache(long bytesMax) {
    long checksumBytes = Math.max(CHECKSUM_BYTES_MIN, bytesMax / CHECKSUM_SHARE);
    int entryBytes = LogFormat.BLOCK_BYTES + ENTRY_BYTES;
    blocks =
        Caffeine.newBuilder().maximumSize(bytesMax / entryBytes).executor(Runnable::run).build();
    checksumPages =
        Caffeine.newBuilder()
            .maximumSize(checksumBytes / entryBytes)
            .executor(Runnable::run)
            .build();
  }

  /** A block's bytes, which nobody may change, or null. */
  byte @Nullable [] get(long address) {
    return blocks.getIfPresent(address);
  }

  void put(long address, byte[] block) {
    blocks.put(address, block);
  }

  int @Nullable [] checksumPage(long segment, int page) {
    return checksumPages.getIfPresent(new PageKey(segment, page));
  }

  void putChecksumPage(long segment, int page, int[] numbers) {
    checksumPages.put(new PageKey(segment, page), numbers);
  }

  /** The segment's file was rewritten: its blocks have other places now. */
  void forgetChecksums(long segment, int pages) {
    for (int page = 0; page < pages; page++) {
      checksumPages.invalidate(new PageKey(segment, page));
    }
  }
}

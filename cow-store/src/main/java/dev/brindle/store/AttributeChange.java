package dev.brindle.store;

import org.jspecify.annotations.Nullable;

/**
 * A change of an inode's attributes, as {@code setattr} of the FUSE protocol carries it: what is
 * null stays as it is. UTIME_NOW is the caller's {@link Timestamp#now()}, UTIME_OMIT is null.
 *
 * @param mode the permission bits (07777); the type cannot change
 * @param size truncates or extends a regular file, in bytes, not negative
 * @param changeTime null for the present time; another one comes of a kernel that keeps the times
 */
public record AttributeChange(
    @Nullable Integer mode,
    @Nullable Integer uid,
    @Nullable Integer gid,
    @Nullable Long size,
    @Nullable Timestamp accessTime,
    @Nullable Timestamp modificationTime,
    @Nullable Timestamp changeTime) {

  public static final AttributeChange NOTHING =
      new AttributeChange(null, null, null, null, null, null, null);

  public static AttributeChange ofMode(int mode) {
    return new AttributeChange(mode, null, null, null, null, null, null);
  }

  public static AttributeChange ofOwner(@Nullable Integer uid, @Nullable Integer gid) {
    return new AttributeChange(null, uid, gid, null, null, null, null);
  }

  public static AttributeChange ofSize(long size) {
    return new AttributeChange(null, null, null, size, null, null, null);
  }

  /** What a kernel that keeps the times says after it has handed on what was written. */
  public static AttributeChange ofWrite(Timestamp time) {
    return new AttributeChange(null, null, null, null, null, time, time);
  }

  public static AttributeChange ofTimes(
      @Nullable Timestamp access, @Nullable Timestamp modification) {
    return new AttributeChange(null, null, null, null, access, modification, null);
  }
}

package dev.brindle.store;

/** The flags of an inode, 16 bits. */
public final class InodeFlags {
  /** There is an attribute {@link PosixAcl#ACCESS}: the mode does not say all. */
  public static final int ACCESS_ACL = 1;

  /** There is an attribute {@link PosixAcl#DEFAULT}: what is made in the directory inherits it. */
  public static final int DEFAULT_ACL = 1 << 1;

  private InodeFlags() {}

  /** What says that an attribute is there. */
  public static int ofAcl(Name attribute) {
    return attribute.equals(PosixAcl.ACCESS) ? ACCESS_ACL : DEFAULT_ACL;
  }
}

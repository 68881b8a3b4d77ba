package dev.brindle.store.model;

import dev.brindle.store.FileMode;
import dev.brindle.store.InodeFlags;
import dev.brindle.store.Name;
import org.jspecify.annotations.Nullable;

/**
 * An inode of the model, immutable, with all that hangs on it.
 *
 * @param parent the directory that holds this directory; 0 for other inodes
 * @param entries a directory's, else empty
 * @param content a regular file's, else empty
 * @param target a symlink's, else null
 * @param xattrs with the access control lists
 * @param userFlags those that are set from outside
 * @param unnamed whether it was made without a name and never had one
 */
record ModelInode(
    long number,
    int mode,
    int linkCount,
    int uid,
    int gid,
    int device,
    ModelTime accessTime,
    ModelTime modificationTime,
    ModelTime changeTime,
    ModelTime birthTime,
    long parent,
    PersistentMap<Name, Long> entries,
    SparseBytes content,
    byte @Nullable [] target,
    PersistentMap<Name, byte[]> xattrs,
    int userFlags,
    boolean unnamed) {

  static ModelInode fresh(long number, int mode, int uid, int gid, ModelTime now) {
    return new ModelInode(
        number,
        mode,
        FileMode.isDirectory(mode) ? 2 : 1,
        uid,
        gid,
        0,
        now,
        now,
        now,
        now,
        0,
        PersistentMap.empty(),
        SparseBytes.EMPTY,
        null,
        PersistentMap.empty(),
        0,
        false);
  }

  /** With what the store notes of its access control lists. */
  int flags() {
    return userFlags
        | (xattrs.containsKey(ModelAcl.ACCESS) ? InodeFlags.ACCESS_ACL : 0)
        | (xattrs.containsKey(ModelAcl.DEFAULT) ? InodeFlags.DEFAULT_ACL : 0);
  }

  /** Whether one of some flags is set. */
  boolean has(int flags) {
    return (userFlags & flags) != 0;
  }

  boolean isDirectory() {
    return FileMode.isDirectory(mode);
  }

  boolean isRegular() {
    return FileMode.isRegular(mode);
  }

  boolean isSymlink() {
    return FileMode.isSymlink(mode);
  }

  /** Of a directory, how many entries it has. */
  long size() {
    return isDirectory() ? entries.size() : target == null ? content.size() : target.length;
  }

  ModelInode withMode(int newMode) {
    return copy(newMode, linkCount, uid, gid, accessTime, modificationTime, changeTime);
  }

  ModelInode withLinks(int links) {
    return copy(mode, links, uid, gid, accessTime, modificationTime, changeTime);
  }

  ModelInode withOwner(int newUid, int newGid) {
    return copy(mode, linkCount, newUid, newGid, accessTime, modificationTime, changeTime);
  }

  ModelInode accessed(ModelTime time) {
    return copy(mode, linkCount, uid, gid, time, modificationTime, changeTime);
  }

  ModelInode modified(ModelTime time) {
    return copy(mode, linkCount, uid, gid, accessTime, time, changeTime);
  }

  ModelInode changed(ModelTime time) {
    return copy(mode, linkCount, uid, gid, accessTime, modificationTime, time);
  }

  ModelInode withDevice(int number) {
    return new ModelInode(
        this.number,
        mode,
        linkCount,
        uid,
        gid,
        number,
        accessTime,
        modificationTime,
        changeTime,
        birthTime,
        parent,
        entries,
        content,
        target,
        xattrs,
        userFlags,
        unnamed);
  }

  ModelInode withFlags(int flags) {
    return with(flags, unnamed);
  }

  ModelInode withoutName() {
    return withLinks(0).with(userFlags, true);
  }

  /** It has had a name now. */
  ModelInode withName() {
    return with(userFlags, false);
  }

  private ModelInode with(int flags, boolean nameless) {
    return new ModelInode(
        number,
        mode,
        linkCount,
        uid,
        gid,
        device,
        accessTime,
        modificationTime,
        changeTime,
        birthTime,
        parent,
        entries,
        content,
        target,
        xattrs,
        flags,
        nameless);
  }

  ModelInode withParent(long directory) {
    return with(directory, entries, content, target, xattrs);
  }

  ModelInode withEntries(PersistentMap<Name, Long> newEntries) {
    return with(parent, newEntries, content, target, xattrs);
  }

  ModelInode withContent(SparseBytes bytes) {
    return with(parent, entries, bytes, target, xattrs);
  }

  ModelInode withTarget(byte[] bytes) {
    return with(parent, entries, content, bytes, xattrs);
  }

  ModelInode withXattrs(PersistentMap<Name, byte[]> attributes) {
    return with(parent, entries, content, target, attributes);
  }

  private ModelInode copy(
      int mode, int links, int uid, int gid, ModelTime access, ModelTime modify, ModelTime change) {
    return new ModelInode(
        number, mode, links, uid, gid, device, access, modify, change, birthTime, parent, entries,
        content, target, xattrs, userFlags, unnamed);
  }

  private ModelInode with(
      long parent,
      PersistentMap<Name, Long> entries,
      SparseBytes content,
      byte @Nullable [] target,
      PersistentMap<Name, byte[]> xattrs) {
    return new ModelInode(
        number,
        mode,
        linkCount,
        uid,
        gid,
        device,
        accessTime,
        modificationTime,
        changeTime,
        birthTime,
        parent,
        entries,
        content,
        target,
        xattrs,
        userFlags,
        unnamed);
  }
}

package dev.brindle.namespace;

import dev.brindle.store.FileMode;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.InodeFlags;
import dev.brindle.store.Name;
import dev.brindle.store.PosixAcl;
import dev.brindle.store.Timestamp;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** An inode of a {@link FakeTree}, whole in memory. */
final class FakeInode {
  record Dentry(long inode, long cookie) {}

  final long number;
  final Map<Name, Dentry> entries = new LinkedHashMap<>();
  final Map<Name, byte[]> xattrs = new TreeMap<>();
  int mode;
  int uid;
  int gid;
  int device;
  int links;
  int flags;
  long parent;
  long nextCookie = 16;
  byte[] data = new byte[0];
  Timestamp accessTime = Timestamp.now();
  Timestamp modificationTime = accessTime;
  Timestamp changeTime = accessTime;
  Timestamp birthTime = accessTime;

  FakeInode(long number, int mode, int uid, int gid) {
    this.number = number;
    this.mode = mode;
    this.uid = uid;
    this.gid = gid;
    this.links = isDirectory() ? 2 : 1;
  }

  FakeInode copy() {
    FakeInode copy = new FakeInode(number, mode, uid, gid);
    copy.entries.putAll(entries);
    xattrs.forEach((name, value) -> copy.xattrs.put(name, value.clone()));
    copy.device = device;
    copy.links = links;
    copy.flags = flags;
    copy.parent = parent;
    copy.nextCookie = nextCookie;
    copy.data = data.clone();
    copy.accessTime = accessTime;
    copy.modificationTime = modificationTime;
    copy.changeTime = changeTime;
    copy.birthTime = birthTime;
    return copy;
  }

  boolean isDirectory() {
    return FileMode.isDirectory(mode);
  }

  void put(Name name, long inode) {
    entries.put(name, new Dentry(inode, nextCookie++));
    touch();
  }

  void touch() {
    modificationTime = Timestamp.now();
    changeTime = modificationTime;
  }

  InodeAttributes attributes() {
    return new InodeAttributes(
        number,
        mode,
        links,
        uid,
        gid,
        device,
        data.length,
        (data.length + 511) / 512,
        accessTime,
        modificationTime,
        changeTime,
        birthTime,
        flags | (xattrs.containsKey(PosixAcl.ACCESS) ? InodeFlags.ACCESS_ACL : 0));
  }
}

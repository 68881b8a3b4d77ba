package dev.brindle.store.model;

import dev.brindle.store.FileTree;
import dev.brindle.store.InodeFlags;
import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * The operands of an operation, chosen at random from what the model holds. Mostly they make sense;
 * now and then they are missing, of the wrong type or too long.
 */
final class Pick {
  /** Few names, so that they meet again; not all of them are UTF-8. */
  private static final List<Name> NAMES = new ArrayList<>();

  static {
    for (char c = 'a'; c <= 'k'; c++) {
      NAMES.add(Name.of(String.valueOf(c)));
    }
    NAMES.add(Name.of(new byte[] {(byte) 0xff, (byte) 0xfe, '1'}));
    NAMES.add(Name.of(new byte[] {(byte) 0xfe, (byte) 0xff, '1'}));
    NAMES.add(Name.of("x".repeat(255)));
    NAMES.add(Name.of("\u00e9\u4e2d\ud83d\ude00"));
  }

  private final Lockstep lockstep;
  private final Random random;

  Pick(Lockstep lockstep, Random random) {
    this.lockstep = lockstep;
    this.random = random;
  }

  Random random() {
    return random;
  }

  boolean oneIn(int many) {
    return random.nextInt(many) == 0;
  }

  /** From 0 to {@code bound} (exclusive), small ones far more often. */
  long skewed(long bound) {
    double share = Math.pow(random.nextDouble(), 4);
    return Math.min(bound - 1, (long) (share * bound));
  }

  boolean hasVolume() {
    return !lockstep.state().volumes().isEmpty();
  }

  ModelVolume volume() {
    PersistentMap<Long, ModelVolume> volumes = lockstep.state().volumes();
    return volumes.at(random.nextInt(volumes.size())).getValue();
  }

  boolean hasSnapshot() {
    return !lockstep.state().snapshots().isEmpty();
  }

  ModelSnapshot snapshot() {
    PersistentMap<Long, ModelSnapshot> snapshots = lockstep.state().snapshots();
    return snapshots.at(random.nextInt(snapshots.size())).getValue();
  }

  /** A volume's id or a snapshot's version. */
  long tree() {
    return hasSnapshot() && random.nextBoolean() ? snapshot().version() : volume().id();
  }

  /** Any inode; rarely one that does not exist. */
  long inode(TreeState tree) {
    if (oneIn(60)) {
      return tree.highestInode() + 1 + random.nextInt(1000);
    }
    PersistentMap<Long, ModelInode> inodes = tree.inodes();
    return inodes.at(random.nextInt(inodes.size())).getKey();
  }

  /** Mostly a directory. */
  long directory(TreeState tree) {
    for (int i = 0; i < 20 && !oneIn(40); i++) {
      long inode = inode(tree);
      ModelInode found = tree.inodes().get(inode);
      if (found != null && found.isDirectory()) {
        return inode;
      }
    }
    return oneIn(4) ? inode(tree) : FileTree.ROOT_INODE;
  }

  /** Mostly a regular file. */
  long file(TreeState tree) {
    for (int i = 0; i < 20 && !oneIn(60); i++) {
      long inode = inode(tree);
      ModelInode found = tree.inodes().get(inode);
      if (found != null && found.isRegular()) {
        return inode;
      }
    }
    return inode(tree);
  }

  /** A name for a new entry. */
  Name name() {
    if (oneIn(150)) {
      return switch (random.nextInt(3)) {
        case 0 -> Name.of(".");
        case 1 -> Name.of("..");
        default -> Name.of("y".repeat(256));
      };
    }
    return oneIn(5) ? Name.of("n" + random.nextInt(1000)) : NAMES.get(random.nextInt(NAMES.size()));
  }

  /** Mostly the name of an entry of a directory. */
  Name entry(TreeState tree, long directory) {
    ModelInode inode = tree.inodes().get(directory);
    if (inode == null || inode.entries().isEmpty() || oneIn(20)) {
      return name();
    }
    return inode.entries().at(random.nextInt(inode.entries().size())).getKey();
  }

  /** A name for a snapshot, volume or clone. */
  Name versionName() {
    if (oneIn(25)) {
      return switch (random.nextInt(5)) {
        case 0 -> Name.of(".");
        case 1 -> Name.of("..");
        case 2 -> Name.of("a/b");
        case 3 -> Name.of("");
        default -> Name.of("z".repeat(128));
      };
    }
    return oneIn(20) ? Name.of("v".repeat(127)) : Name.of("v" + random.nextInt(12));
  }

  int owner() {
    return oneIn(10) ? -2 - random.nextInt(3) : random.nextInt(4) * 1000;
  }

  int permissions() {
    return oneIn(4) ? random.nextInt(010000) : 0644 | random.nextInt(2) * 0111;
  }

  int umask() {
    return oneIn(2) ? 0 : random.nextInt(01000);
  }

  /** Rarely one that cannot be set. */
  int flags() {
    int flags = oneIn(20) ? InodeFlags.ACCESS_ACL : 0;
    for (int flag = 1; flag <= InodeFlags.SETTABLE; flag <<= 1) {
      boolean isSettable = (InodeFlags.SETTABLE & flag) != 0;
      flags |= isSettable && oneIn(3) ? flag : 0;
    }
    return flags;
  }

  /** An access control list as an attribute's value; rarely one that is wrong. */
  byte[] acl() {
    List<ModelAcl.Entry> entries = new ArrayList<>();
    boolean named = oneIn(2);
    addEntries(entries, ModelAcl.OWNER, 1);
    addEntries(entries, ModelAcl.USER, named ? 1 + random.nextInt(3) : 0);
    addEntries(entries, ModelAcl.GROUP, 1);
    addEntries(entries, ModelAcl.NAMED_GROUP, named ? random.nextInt(3) : 0);
    addEntries(entries, ModelAcl.MASK, named || oneIn(4) ? 1 : 0);
    addEntries(entries, ModelAcl.OTHERS, 1);
    if (oneIn(30)) {
      int at = random.nextInt(entries.size());
      entries.set(at, entries.get(random.nextInt(entries.size())));
    }
    byte[] value = new ModelAcl(entries).bytes();
    if (oneIn(40)) {
      value[random.nextInt(value.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return oneIn(40) ? Arrays.copyOf(value, random.nextInt(value.length)) : value;
  }

  private void addEntries(List<ModelAcl.Entry> entries, int tag, int count) {
    for (int i = 0; i < count; i++) {
      entries.add(new ModelAcl.Entry(tag, random.nextInt(8), 1000 + 7 * i));
    }
  }

  Timestamp time() {
    return switch (random.nextInt(4)) {
      case 0 -> Timestamp.now();
      case 1 -> new Timestamp(-random.nextInt(1 << 30), random.nextInt(1_000_000_000));
      case 2 -> new Timestamp(random.nextLong() >>> 30, 999_999_999);
      default -> new Timestamp(random.nextInt(), random.nextInt(1_000_000_000));
    };
  }

  byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    if (oneIn(15)) {
      return bytes;
    }
    if (oneIn(8)) {
      byte[] text = ("line " + random.nextInt(1000) + "\n").getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < length; i++) {
        bytes[i] = text[i % text.length];
      }
      return bytes;
    }
    random.nextBytes(bytes);
    return bytes;
  }
}

package dev.brindle.store.log;

import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.DiskFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A disk in memory that knows what a power failure may take: of a file each 512-byte sector written
 * since its last sync, alone or with others; of a directory the last of its changes since its last
 * sync. It can fail for good at its n-th change.
 */
final class LossyDisk implements Disk {
  private static final int SECTOR_BYTES = 512;

  /** The machine stops here. */
  static final class PowerFailure extends IOException {
    private static final long serialVersionUID = 1;
  }

  private record Write(long offset, byte[] bytes, long newLength) {}

  private static final class Inode {
    byte[] content = {};
    byte[] durable = {};
    final List<Write> unsynced = new ArrayList<>();

    /** The write that was going on when the disk failed. */
    Write interrupted;

    void apply(Write write) {
      content = applied(content, write);
    }

    static byte[] applied(byte[] target, Write write) {
      byte[] result = target;
      long end = Math.max(write.offset + write.bytes.length, write.newLength);
      if (end > result.length) {
        result = Arrays.copyOf(result, (int) end);
      }
      System.arraycopy(write.bytes, 0, result, (int) write.offset, write.bytes.length);
      return result;
    }
  }

  private interface NameChange {
    void apply(Map<String, Inode> names);
  }

  private final Map<String, Inode> names = new TreeMap<>();
  private final Map<String, Inode> durableNames = new TreeMap<>();
  private final List<NameChange> unsyncedNames = new ArrayList<>();
  private long changesLeft = Long.MAX_VALUE;
  private long changes;
  private long syncs;
  private boolean failed;
  private IOException failSync;
  long capacityBytes = 1L << 40;

  /** Fails at the n-th change from now on, and at everything after it. */
  synchronized void failAt(long n) {
    changesLeft = n;
  }

  synchronized boolean hasFailed() {
    return failed;
  }

  synchronized long syncs() {
    return syncs;
  }

  synchronized void failNextSync(IOException cause) {
    failSync = cause;
  }

  /** Changes one bit, durably. */
  synchronized void flip(String name, long offset) {
    Inode inode = names.get(name);
    inode.content[(int) offset] ^= 1;
    inode.durable = inode.content.clone();
  }

  synchronized byte[] content(String name) {
    return names.get(name).content;
  }

  synchronized long usedBytes() {
    return names.values().stream().mapToLong(inode -> inode.content.length).sum();
  }

  /** Goes on as the host does when only the process died: nothing is lost, nothing more durable. */
  synchronized LossyDisk afterKill() {
    failed = false;
    changesLeft = Long.MAX_VALUE;
    names.values().forEach(inode -> inode.interrupted = null);
    return this;
  }

  /** What is there after the power came back. */
  synchronized LossyDisk afterPowerFailure(Random random) {
    int kept = random.nextInt(unsyncedNames.size() + 1);
    for (NameChange change : unsyncedNames.subList(0, kept)) {
      change.apply(durableNames);
    }
    int style = random.nextInt(3);
    LossyDisk next = new LossyDisk();
    next.capacityBytes = capacityBytes;
    Map<Inode, Inode> copies = new java.util.IdentityHashMap<>();
    for (Map.Entry<String, Inode> entry : durableNames.entrySet()) {
      Inode copy =
          copies.computeIfAbsent(entry.getValue(), inode -> survivor(inode, random, style));
      next.names.put(entry.getKey(), copy);
      next.durableNames.put(entry.getKey(), copy);
    }
    return next;
  }

  private static Inode survivor(Inode inode, Random random, int style) {
    byte[] content = inode.durable;
    List<Write> writes = new ArrayList<>(inode.unsynced);
    if (inode.interrupted != null) {
      writes.add(inode.interrupted);
    }
    for (Write write : writes) {
      if (style == 0) {
        continue;
      }
      if (write.bytes.length == 0 || style == 1) {
        content = random.nextBoolean() ? Inode.applied(content, write) : content;
        continue;
      }
      for (int at = 0; at < write.bytes.length; at += SECTOR_BYTES) {
        if (random.nextInt(4) > 0) {
          int end = Math.min(write.bytes.length, at + SECTOR_BYTES);
          content =
              Inode.applied(
                  content,
                  new Write(write.offset + at, Arrays.copyOfRange(write.bytes, at, end), 0));
        }
      }
    }
    Inode copy = new Inode();
    copy.content = content.clone();
    copy.durable = content.clone();
    return copy;
  }

  private void change() throws IOException {
    if (failed || --changesLeft <= 0) {
      failed = true;
      throw new PowerFailure();
    }
    changes++;
  }

  synchronized long changes() {
    return changes;
  }

  private void checkUp() throws IOException {
    if (failed) {
      throw new PowerFailure();
    }
  }

  private void rename(NameChange change) {
    change.apply(names);
    unsyncedNames.add(change);
  }

  private Inode inode(String name) throws IOException {
    Inode inode = names.get(name);
    if (inode == null) {
      throw new NoSuchFileException(name);
    }
    return inode;
  }

  @Override
  public synchronized DiskFile open(String name, OpenMode mode) throws IOException {
    checkUp();
    if (mode == OpenMode.CREATE) {
      if (names.containsKey(name)) {
        throw new IOException("exists: " + name);
      }
      change();
      Inode inode = new Inode();
      rename(map -> map.put(name, inode));
    }
    return new OpenFile(name, inode(name));
  }

  @Override
  public synchronized boolean exists(String name) throws IOException {
    checkUp();
    return names.containsKey(name);
  }

  @Override
  public synchronized List<String> list(String directory) throws IOException {
    checkUp();
    String prefix = directory + "/";
    return names.keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .toList();
  }

  @Override
  public void createDirectory(String name) {}

  @Override
  public synchronized void delete(String name) throws IOException {
    inode(name);
    change();
    rename(map -> map.remove(name));
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    inode(from);
    change();
    rename(
        map -> {
          Inode moved = map.remove(from);
          if (moved != null) {
            map.put(to, moved);
          }
        });
  }

  @Override
  public synchronized void syncDirectory(String name) throws IOException {
    change();
    for (NameChange change : unsyncedNames) {
      change.apply(durableNames);
    }
    unsyncedNames.clear();
  }

  @Override
  public synchronized long freeBytes() {
    return Math.max(0, capacityBytes - usedBytes());
  }

  @Override
  public long totalBytes() {
    return capacityBytes;
  }

  @Override
  public void close() {}

  private final class OpenFile implements DiskFile {
    private final String name;
    private final Inode inode;
    private boolean closed;

    OpenFile(String name, Inode inode) {
      this.name = name;
      this.inode = inode;
    }

    private void checkOpen() throws IOException {
      checkUp();
      if (closed) {
        throw new IOException("closed: " + name);
      }
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
      synchronized (LossyDisk.this) {
        checkOpen();
        int bytes = (int) Math.max(0, Math.min(target.remaining(), inode.content.length - offset));
        if (bytes > 0) {
          target.put(inode.content, (int) offset, bytes);
        }
        return bytes;
      }
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
      synchronized (LossyDisk.this) {
        checkOpen();
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        put(new Write(offset, bytes, 0));
      }
    }

    private void put(Write write) throws IOException {
      long end = Math.max(write.offset + write.bytes.length, write.newLength);
      long growth = Math.max(0, end - inode.content.length);
      if (usedBytes() + growth > capacityBytes) {
        throw new DiskFullException(name, new IOException("full"));
      }
      if (!failed && changesLeft == 1) {
        inode.interrupted = write;
      }
      change();
      inode.apply(write);
      inode.unsynced.add(write);
    }

    @Override
    public void sync() throws IOException {
      synchronized (LossyDisk.this) {
        checkOpen();
        if (failSync != null) {
          throw failSync;
        }
        change();
        syncs++;
        inode.durable = inode.content.clone();
        inode.unsynced.clear();
      }
    }

    @Override
    public void allocate(long offset, long length) throws IOException {
      synchronized (LossyDisk.this) {
        checkOpen();
        put(new Write(0, new byte[0], offset + length));
      }
    }

    @Override
    public long length() throws IOException {
      synchronized (LossyDisk.this) {
        checkOpen();
        return inode.content.length;
      }
    }

    @Override
    public void truncate(long length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}

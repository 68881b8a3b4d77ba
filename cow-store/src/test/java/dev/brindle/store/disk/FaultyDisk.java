package dev.brindle.store.disk;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that knows what was synced and what was not. It can fail any operation, run
 * full, and crash: then {@link #afterCrash} gives a disk as the host might show it afterwards.
 *
 * <p>Operations that change something (write, sync, allocate, truncate, create, delete, rename,
 * directory sync) are counted from 0 in {@link #operations}; faults are told by that number.
 */
public final class FaultyDisk implements Disk {
  /** Thrown by the operation at which the disk crashes, and by every one after it. */
  public static final class CrashedException extends IOException {
    private static final long serialVersionUID = 1;

    CrashedException(long operation) {
      super("crashed at operation " + operation);
    }
  }

  /** What happens to an operation. */
  public enum Fault {
    /** It does not take place, or only a part of it; nothing after it does. */
    CRASH,
    /** It fails; of a failed sync's writes some are lost for ever. */
    INPUT_OUTPUT_ERROR,
    /** It fails, nothing is changed. */
    DISK_FULL
  }

  /** What of the unsynced a crash takes. */
  public enum Loss {
    NOTHING,
    ALL_UNSYNCED,
    /** By chance, each file for itself: writes in order up to one, or any of them, or torn ones. */
    ANY
  }

  /** Sees the disk in the middle of an operation, as a crash would find it. */
  public interface Observer {
    /**
     * Called under the disk's lock: of a write or a change of a directory when it is done and not
     * durable, of a sync before it takes effect.
     *
     * @param operation the operation's number
     */
    void during(long operation);
  }

  private final Directory root;
  private @Nullable Observer observer;
  private Predicate<String> ignoredSyncs = name -> false;
  private final TreeMap<Long, Fault> faults = new TreeMap<>();
  private final Map<Inode, BitSet> unreadable = new IdentityHashMap<>();
  private int readsToFail;
  private Predicate<String> readsThatFail = name -> false;
  private long capacityBytes = Long.MAX_VALUE;
  private long quotaBytes = Long.MAX_VALUE;
  private boolean failed;
  private long operations;
  private long syncs;
  private long directorySyncs;
  private long crashedAt = -1;

  public FaultyDisk() {
    this(new Directory());
  }

  private FaultyDisk(Directory root) {
    this.root = root;
  }

  /** Operations so far that changed something, failed ones included. */
  public synchronized long operations() {
    return operations;
  }

  /** Successful syncs of files so far. */
  public synchronized long syncs() {
    return syncs;
  }

  /** Successful syncs of directories so far. */
  public synchronized long directorySyncs() {
    return directorySyncs;
  }

  /** Plans a fault for the operation of that number. */
  public synchronized void fail(long operation, Fault fault) {
    faults.put(operation, fault);
  }

  public synchronized void clearFaults() {
    faults.clear();
  }

  /** Whether a planned fault other than a crash has come. */
  public synchronized boolean hasFailed() {
    return failed;
  }

  public synchronized boolean isCrashed() {
    return crashedAt >= 0;
  }

  /**
   * Limits what all files together may take, in blocks of 4 KiB; less than they take is allowed.
   */
  public synchronized void setCapacity(long bytes) {
    capacityBytes = bytes;
  }

  /** Limits what the owner may take; the disk's free space does not tell. */
  public synchronized void setQuota(long bytes) {
    quotaBytes = bytes;
  }

  /** What all files take, in bytes. */
  public synchronized long usedBytes() {
    return root.usedBytes();
  }

  /**
   * A disk as a host might show it after a crash now: everything synced, and of the rest some
   * writes, whole or torn, in any combination. This disk stays as it is, so that other choices can
   * be tried.
   */
  public synchronized FaultyDisk afterCrash(Random random) {
    return afterCrash(Loss.ANY, random);
  }

  /** The same with a say in what is lost. */
  public synchronized FaultyDisk afterCrash(Loss loss, Random random) {
    return new FaultyDisk(root.afterCrash(loss, random));
  }

  /** Has every operation seen from now on; null ends it. */
  public synchronized void observe(@Nullable Observer newObserver) {
    observer = newObserver;
  }

  /**
   * Has some syncs do nothing from now on, as if the code had none there: to see that a test
   * notices.
   *
   * @param which gets the file's name, or a directory's with a slash behind it
   */
  public synchronized void ignoreSyncs(Predicate<String> which) {
    ignoredSyncs = which;
  }

  private void seen() {
    if (observer != null) {
      observer.during(operations - 1);
    }
  }

  private boolean takesEffect(String name) {
    seen();
    return !ignoredSyncs.test(name);
  }

  /** A copy of this disk that can still lose what this one can: the process died, not the host. */
  public synchronized FaultyDisk fork() {
    return new FaultyDisk(root.fork(new IdentityHashMap<>()));
  }

  /** A disk with everything that was written, synced or not: the process died, not the host. */
  public synchronized FaultyDisk afterProcessDeath() {
    return new FaultyDisk(root.copy());
  }

  /**
   * Goes on after a crash of the process alone: everything written is there, and what was not
   * synced can still be lost by {@link #afterCrash}. Planned faults are forgotten.
   */
  public synchronized FaultyDisk revive() {
    crashedAt = -1;
    faults.clear();
    return this;
  }

  /** What was unreadable can be read again. */
  public synchronized void makeReadable() {
    unreadable.clear();
  }

  /** Makes 4 KiB of a file unreadable, as a bad sector does, until they are written again. */
  public synchronized void makeUnreadable(String name, int block) throws IOException {
    unreadable.computeIfAbsent(file(name), inode -> new BitSet()).set(block);
  }

  /** Has the next reads of some files fail, as a loose cable does. */
  public synchronized void failReads(int count, Predicate<String> which) {
    readsToFail = count;
    readsThatFail = which;
  }

  private boolean failsNow(String name) {
    return readsToFail > 0 && readsThatFail.test(name) && readsToFail-- > 0;
  }

  private boolean isUnreadable(Inode inode, long offset, long length) {
    int next = unreadable.getOrDefault(inode, new BitSet()).nextSetBit((int) (offset >> 12));
    return next >= 0 && (long) next << 12 < offset + length;
  }

  /** Flips one bit of a file. */
  public synchronized void flipBit(String name, long bit) throws IOException {
    file(name).flipBit(bit);
  }

  /** All of a file's bytes. */
  public synchronized byte[] contents(String name) throws IOException {
    return file(name).contents();
  }

  private Inode file(String name) throws IOException {
    Object found = directoryOf(name).entries().get(lastPart(name));
    if (!(found instanceof Inode inode)) {
      throw new FileNotFoundException(name);
    }
    return inode;
  }

  private Directory directory(String name) throws IOException {
    Directory at = root;
    for (String part : name.isEmpty() ? new String[0] : name.split("/")) {
      if (!(at.entries().get(part) instanceof Directory next)) {
        throw new FileNotFoundException(name);
      }
      at = next;
    }
    return at;
  }

  private Directory directoryOf(String name) throws IOException {
    int slash = name.lastIndexOf('/');
    return directory(slash < 0 ? "" : name.substring(0, slash));
  }

  private static String lastPart(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /** Counts an operation; throws what was planned for it. */
  private @Nullable Fault begin() throws IOException {
    if (crashedAt >= 0) {
      throw new CrashedException(crashedAt);
    }
    Fault fault = faults.get(operations++);
    if (fault == Fault.CRASH) {
      crashedAt = operations - 1;
    }
    return fault;
  }

  private void throwPlanned(@Nullable Fault fault, String name) throws IOException {
    if (fault == null) {
      return;
    }
    failed |= fault != Fault.CRASH;
    switch (fault) {
      case CRASH -> throw new CrashedException(crashedAt);
      case INPUT_OUTPUT_ERROR -> throw new IOException("planned failure: " + name);
      case DISK_FULL -> throw new DiskFullException(name, new IOException("planned"));
    }
  }

  private void checkAlive() throws IOException {
    if (crashedAt >= 0) {
      throw new CrashedException(crashedAt);
    }
  }

  @Override
  public synchronized DiskFile open(String name, OpenMode mode) throws IOException {
    checkAlive();
    if (mode != OpenMode.CREATE) {
      return new Handle(name, file(name), mode == OpenMode.READ_WRITE);
    }
    Directory parent = directoryOf(name);
    if (parent.entries().containsKey(lastPart(name))) {
      throw new FileAlreadyExistsException(name);
    }
    throwPlanned(begin(), name);
    Inode inode = new Inode();
    parent.set(lastPart(name), inode);
    seen();
    return new Handle(name, inode, true);
  }

  @Override
  public synchronized boolean exists(String name) throws IOException {
    checkAlive();
    return directoryOf(name).entries().containsKey(lastPart(name));
  }

  @Override
  public synchronized List<String> list(String name) throws IOException {
    checkAlive();
    return new ArrayList<>(directory(name).entries().keySet());
  }

  @Override
  public synchronized void createDirectory(String name) throws IOException {
    checkAlive();
    Object present = directoryOf(name).entries().get(lastPart(name));
    if (present instanceof Directory) {
      return;
    }
    if (present != null) {
      throw new FileAlreadyExistsException(name);
    }
    throwPlanned(begin(), name);
    directoryOf(name).set(lastPart(name), new Directory());
    seen();
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    checkAlive();
    file(name);
    throwPlanned(begin(), name);
    directoryOf(name).set(lastPart(name), null);
    seen();
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    checkAlive();
    Inode moved = file(from);
    throwPlanned(begin(), from);
    if (directoryOf(from) != directoryOf(to)) {
      throw new IOException("renames here stay in one directory");
    }
    directoryOf(from).move(lastPart(from), lastPart(to), moved);
    seen();
  }

  @Override
  public synchronized void syncDirectory(String name) throws IOException {
    checkAlive();
    Directory directory = directory(name);
    throwPlanned(begin(), name);
    if (takesEffect(name + "/")) {
      directory.sync();
    }
    directorySyncs++;
  }

  @Override
  public synchronized long freeBytes() {
    return Math.max(0, Math.min(capacityBytes, 1L << 50) - root.usedBytes());
  }

  @Override
  public synchronized long totalBytes() {
    return Math.min(capacityBytes, 1L << 50);
  }

  @Override
  public void close() {}

  private final class Handle implements DiskFile {
    private final String name;
    private final Inode inode;
    private final boolean writable;
    private boolean closed;

    Handle(String name, Inode inode, boolean writable) {
      this.name = name;
      this.inode = inode;
      this.writable = writable;
    }

    private void check(boolean forWriting) throws IOException {
      checkAlive();
      if (closed || forWriting && !writable) {
        throw new IOException((closed ? "closed: " : "not open for writing: ") + name);
      }
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
      synchronized (FaultyDisk.this) {
        check(false);
        if (failsNow(name) || isUnreadable(inode, offset, target.remaining())) {
          throw new IOException("Input/output error");
        }
        return inode.read(offset, target);
      }
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
      synchronized (FaultyDisk.this) {
        check(true);
        Fault fault = begin();
        byte[] bytes = new byte[source.remaining()];
        source.duplicate().get(bytes);
        if (fault == Fault.CRASH) {
          // It was on its way: the crash may leave any part of it.
          inode.write(offset, bytes);
        }
        throwPlanned(fault, name);
        checkSpace(offset, bytes.length);
        inode.write(offset, bytes);
        unreadable
            .getOrDefault(inode, new BitSet())
            .clear((int) (offset >> 12), (int) ((offset + bytes.length + 4095) >> 12));
        seen();
        source.position(source.limit());
      }
    }

    @Override
    public void sync() throws IOException {
      synchronized (FaultyDisk.this) {
        check(false);
        Fault fault = begin();
        if (fault == Fault.INPUT_OUTPUT_ERROR) {
          inode.failSync(new Random(operations));
        }
        throwPlanned(fault, name);
        if (takesEffect(name)) {
          inode.sync();
        }
        syncs++;
      }
    }

    @Override
    public void allocate(long offset, long length) throws IOException {
      synchronized (FaultyDisk.this) {
        check(true);
        throwPlanned(begin(), name);
        checkSpace(offset, length);
        inode.allocate(offset, length);
        seen();
      }
    }

    private void checkSpace(long offset, long length) throws IOException {
      long more = inode.bytesToAllocate(offset, length);
      if (more > 0 && root.usedBytes() + more > capacityBytes) {
        throw new DiskFullException(name, new IOException("capacity reached"));
      }
      if (more > 0 && root.usedBytes() + more > quotaBytes) {
        throw new DiskFullException(name, new IOException("Disk quota exceeded"), true);
      }
    }

    @Override
    public long length() throws IOException {
      synchronized (FaultyDisk.this) {
        check(false);
        return inode.length();
      }
    }

    @Override
    public void truncate(long length) throws IOException {
      synchronized (FaultyDisk.this) {
        check(true);
        throwPlanned(begin(), name);
        inode.truncate(length);
        seen();
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  /** A directory: its entries now, and as of its last sync with what was done since. */
  private static final class Directory {
    private TreeMap<String, Object> now = new TreeMap<>();
    private TreeMap<String, Object> durable = new TreeMap<>();

    /** The states after each operation since the last sync. */
    private final List<TreeMap<String, Object>> since = new ArrayList<>();

    TreeMap<String, Object> entries() {
      return now;
    }

    void set(String name, @Nullable Object entry) {
      TreeMap<String, Object> changed = new TreeMap<>(now);
      if (entry == null) {
        changed.remove(name);
      } else {
        changed.put(name, entry);
      }
      become(changed);
    }

    void move(String from, String to, Object entry) {
      TreeMap<String, Object> changed = new TreeMap<>(now);
      changed.remove(from);
      changed.put(to, entry);
      become(changed);
    }

    private void become(TreeMap<String, Object> changed) {
      now = changed;
      since.add(changed);
    }

    void sync() {
      durable = now;
      since.clear();
    }

    long usedBytes() {
      long used = 0;
      for (Object entry : now.values()) {
        used += entry instanceof Inode inode ? inode.usedBytes() : ((Directory) entry).usedBytes();
      }
      return used;
    }

    /** Directory operations reach the disk in their order: those since the sync, up to any one. */
    Directory afterCrash(Loss loss, Random random) {
      int kept =
          switch (loss) {
            case ALL_UNSYNCED -> 0;
            case NOTHING -> since.size();
            case ANY -> random.nextInt(since.size() + 1);
          };
      Directory crashed = new Directory();
      (kept == 0 ? durable : since.get(kept - 1))
          .forEach(
              (name, entry) ->
                  crashed.now.put(
                      name,
                      entry instanceof Inode inode
                          ? inode.afterCrash(loss, random)
                          : ((Directory) entry).afterCrash(loss, random)));
      crashed.durable = crashed.now;
      return crashed;
    }

    Directory fork(Map<Object, Object> forks) {
      Directory fork = new Directory();
      fork.now = fork(now, forks);
      fork.durable = fork(durable, forks);
      since.forEach(state -> fork.since.add(fork(state, forks)));
      return fork;
    }

    private static TreeMap<String, Object> fork(
        TreeMap<String, Object> entries, Map<Object, Object> forks) {
      TreeMap<String, Object> result = new TreeMap<>();
      entries.forEach(
          (name, entry) -> {
            Object forked = forks.get(entry);
            if (forked == null) {
              forked = entry instanceof Inode i ? i.fork() : ((Directory) entry).fork(forks);
              forks.put(entry, forked);
            }
            result.put(name, forked);
          });
      return result;
    }

    Directory copy() {
      Directory copy = new Directory();
      now.forEach(
          (name, entry) ->
              copy.now.put(
                  name, entry instanceof Inode inode ? inode.copy() : ((Directory) entry).copy()));
      copy.durable = copy.now;
      return copy;
    }
  }
}

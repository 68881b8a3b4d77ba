package dev.brindle.store.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import dev.brindle.store.VolumeInfo;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The search for an order itself, with histories that are written down. */
class LinearizationTest {
  private static final long VOLUME = 7;
  private static final long FILE = 2;
  private static final long CLONE = 8;
  private static final Name A = Name.of("a");
  private static final Timestamp NOW = Timestamp.now();
  private static final ModelTime TIME = ModelTime.exactly(NOW);

  private final ModelStore model = new ModelStore();

  @BeforeEach
  void makeVolume() {
    model.at(TIME);
    model.createVolume(VOLUME, Name.of("volume"), 1000, 1000);
  }

  @Test
  void lookup_duringACreate_mayFindItOrNot() throws IOException {
    assertEquals(2, inodes(created(0, 0, 30), looked(1, 10, 20, true)));
    assertEquals(2, inodes(created(0, 0, 30), looked(1, 10, 20, false)));
  }

  @Test
  void lookup_afterACreate_mustFindIt() throws IOException {
    assertEquals(2, inodes(created(0, 0, 10), looked(1, 20, 30, true)));
    refused(created(0, 0, 10), looked(1, 20, 30, false));
  }

  @Test
  void lookups_duringACreate_doNotForgetIt() throws IOException {
    assertEquals(2, inodes(created(0, 0, 50), looked(1, 10, 20, false), looked(1, 30, 40, true)));
    refused(created(0, 0, 50), looked(1, 10, 20, true), looked(1, 30, 40, false));
  }

  @Test
  void twoCreates_ofOneName_cannotBothSucceed() {
    refused(created(0, 0, 50), made(1, 10, 20, FILE + 1));
  }

  @Test
  void appends_thatOverlap_haveDifferentOffsets() throws IOException {
    RecordedCall<?, ?> create = created(0, 0, 5);
    assertEquals(2, inodes(create, appended(0, 10, 30, 3), appended(1, 10, 30, 0)));
    refused(create, appended(0, 10, 30, 0), appended(1, 10, 30, 0));
  }

  @Test
  void listing_ofTwoMoments_isRefused() throws IOException {
    List<RecordedCall<?, ?>> history =
        List.of(
            created(0, 0, 10),
            record(0, 20, 30, NameCalls.unlink(VOLUME, FileTree.ROOT_INODE, A), true),
            new RecordedCall<>(
                NameCalls.create(VOLUME, FileTree.ROOT_INODE, Name.of("b")),
                0,
                40,
                50,
                TIME,
                new Outcome<>(file(FILE + 1, 0), null)),
            record(
                1,
                5,
                60,
                NameCalls.list(VOLUME, FileTree.ROOT_INODE),
                Map.of(A, FILE, Name.of("b"), FILE + 1)));
    AssertionError found = assertThrows(AssertionError.class, () -> order(history));
    assertTrue(found.getMessage().contains("names: expected"), found.getMessage());
  }

  @Test
  void ending_thatIsAnother_isRefused() {
    List<RecordedCall<?, ?>> history = List.of(created(0, 0, 10));
    AssertionError found =
        assertThrows(
            AssertionError.class,
            () -> Linearization.of(history, model.moment(), last -> "nothing is there"));
    assertTrue(found.getMessage().contains("nothing is there"), found.getMessage());
  }

  /** Which of the two came first, nobody sees: what has no name is not in the clone. */
  @Test
  void clone_duringACreateWithoutAName_mayGiveItsNumberOnceMore() throws IOException {
    RecordedCall<?, ?> clone =
        record(
            1,
            10,
            20,
            VersionCalls.cloneVolume(VOLUME, A),
            new VolumeInfo(CLONE, A, "volume/a", VOLUME, CLONE + 1, null, NOW));
    RecordedCall<?, ?> unnamed =
        record(0, 0, 50, HoldCalls.createUnnamed(VOLUME, FileTree.ROOT_INODE), file(FILE, 0, 0));
    model.goTo(order(List.of(unnamed, clone)));
    inodes(record(0, 60, 70, NameCalls.create(CLONE, FileTree.ROOT_INODE, A), file(FILE, 0)));
  }

  private ModelStore.Moment order(List<RecordedCall<?, ?>> history) throws IOException {
    return Linearization.of(history, model.moment(), last -> null);
  }

  private int inodes(RecordedCall<?, ?>... history) throws IOException {
    ModelVolume volume = order(List.of(history)).state().volumes().get(VOLUME);
    return volume == null ? 0 : volume.tree().inodes().size();
  }

  private void refused(RecordedCall<?, ?>... history) {
    assertThrows(AssertionError.class, () -> order(List.of(history)));
  }

  private static <T, M> RecordedCall<T, M> record(
      int thread, long begin, long end, ConcurrentCall<T, M> call, T answer) {
    return new RecordedCall<>(call, thread, begin, end, TIME, new Outcome<>(answer, null));
  }

  private static RecordedCall<?, ?> created(int thread, long begin, long end) {
    return made(thread, begin, end, FILE);
  }

  private static RecordedCall<?, ?> made(int thread, long begin, long end, long inode) {
    return record(
        thread, begin, end, NameCalls.create(VOLUME, FileTree.ROOT_INODE, A), file(inode, 0));
  }

  private static RecordedCall<?, ?> looked(int thread, long begin, long end, boolean found) {
    return new RecordedCall<>(
        NameCalls.lookup(VOLUME, FileTree.ROOT_INODE, A),
        thread,
        begin,
        end,
        TIME,
        found ? new Outcome<>(file(FILE, 0), null) : new Outcome<>(null, Errno.ENOENT));
  }

  private static RecordedCall<?, ?> appended(int thread, long begin, long end, long offset) {
    return record(thread, begin, end, FileCalls.append(VOLUME, FILE, new byte[3]), offset);
  }

  private static InodeAttributes file(long inode, long size) {
    return file(inode, 1, size);
  }

  private static InodeAttributes file(long inode, int links, long size) {
    int mode = FileMode.REGULAR | 0644;
    return new InodeAttributes(inode, mode, links, 1000, 1000, 0, size, 0, NOW, NOW, NOW, NOW, 0);
  }
}

package dev.brindle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import dev.brindle.daemon.control.DamageReport;
import dev.brindle.daemon.control.MountOptions;
import dev.brindle.daemon.control.MountReport;
import dev.brindle.namespace.SnapshotVisibility;
import dev.brindle.store.CloneDisposition;
import dev.brindle.store.Difference;
import dev.brindle.store.RecoveryReport;
import dev.brindle.store.Timestamp;
import dev.brindle.store.UncleanEnd;
import dev.brindle.store.scrub.ScrubStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs against a store that lives in memory: words in, text and exit status out. */
final class VerbsTest {
  @TempDir Path temporary;

  private final FakeAccess access = new FakeAccess();
  private FakeStore store;
  private Path directory;
  private Path mount;
  private String out = "";
  private String err = "";

  @BeforeEach
  void makeStoreAndMountPoint() throws IOException {
    Path real = temporary.toRealPath();
    directory = Files.createDirectory(real.resolve("store"));
    mount = Files.createDirectory(real.resolve("mount"));
    store = access.add(directory);
  }

  private int brindle(String... words) {
    StringWriter outText = new StringWriter();
    StringWriter errText = new StringWriter();
    int status = Main.run(access, new PrintWriter(outText), new PrintWriter(errText), words);
    out = outText.toString();
    err = errText.toString();
    return status;
  }

  private void mounted(String volume) {
    access.mounts.add(FakeAccess.mounted(mount, directory, volume));
    store.mounts.add(
        new MountReport(
            volume,
            mount.toString(),
            mount.toString(),
            MountOptions.defaults(),
            new Timestamp(1, 2),
            false));
  }

  private List<String> snapshotNames(String volume) throws IOException {
    return store.snapshots(volume).stream().map(snapshot -> snapshot.name()).toList();
  }

  @Test
  void mount_storeThatIsNotThere_isMadeWithTheVolumeNamed() throws IOException {
    Path fresh = temporary.toRealPath().resolve("fresh");

    assertEquals(0, brindle("mount", fresh + ":photos", mount.toString()), err);

    assertEquals(
        List.of("photos"),
        access.stores.get(fresh).volumes().stream().map(volume -> volume.fullName()).toList());
    assertEquals(List.of(FakeAccess.mounted(mount, fresh, "photos")), access.mounts);
    assertTrue(out.contains("mkdir " + mount + "/.snapshots/before"), out);
  }

  @Test
  void mount_mistypedVolume_makesNone() {
    assertEquals(3, brindle("mount", directory + ":mian", mount.toString()));

    assertTrue(err.contains("it has: main"), err);
    assertEquals(1, store.volumes().size());
    assertEquals(List.of(), access.mounts);
  }

  @Test
  void mount_missingVolume_isMadeWhenAskedForOrWhenThereIsNone() throws IOException {
    assertEquals(0, brindle("mount", "--create", directory + ":photos", mount.toString()), err);
    brindle("umount", mount.toString());
    assertEquals(List.of("main", "photos"), volumeNames());
    store.deleteVolume("main", CloneDisposition.REFUSE);
    store.deleteVolume("photos", CloneDisposition.REFUSE);
    assertEquals(0, brindle("mount", directory.toString(), mount.toString()), err);

    assertEquals(List.of("main"), volumeNames());
  }

  @Test
  void storeWithoutVolumes_getsTheOneThatIsNamed() throws IOException {
    store.deleteVolume("main", CloneDisposition.REFUSE);
    assertEquals(0, brindle("mount", directory + ":photos", mount.toString()), err);
    assertEquals(List.of("photos"), volumeNames());
    brindle("umount", mount.toString());

    assertEquals(4, brindle("init", directory.toString()));
    assertTrue(err.contains("is a store already"), err);
    store.deleteVolume("photos", CloneDisposition.REFUSE);
    assertEquals(0, brindle("init", "--volume", "music", directory.toString()), err);
    assertEquals(List.of("music"), volumeNames());
  }

  @Test
  void mount_defaultVolumeRenamed_takesTheOnlyOneAndMakesNone() throws IOException {
    store.renameVolume("main", "photos");
    store.createClone("photos", null, "test");

    assertEquals(0, brindle("mount", directory.toString(), mount.toString()), err);

    assertEquals(List.of(FakeAccess.mounted(mount, directory, "photos")), access.mounts);
    assertEquals(List.of("photos", "photos/test"), volumeNames());
    assertTrue(out.contains("Mounted photos at"), out);
  }

  @Test
  void mount_defaultVolumeMissingAndSeveralThere_asksWhich() throws IOException {
    store.renameVolume("main", "photos");
    store.createVolume("music");

    assertEquals(3, brindle("mount", directory.toString(), mount.toString()));

    assertTrue(err.contains("there is no volume main"), err);
    assertTrue(err.contains("it has: music, photos"), err);
    assertEquals(List.of("music", "photos"), volumeNames());
    assertEquals(List.of(), access.mounts);
    assertEquals(3, brindle("mount", directory + ":main", mount.toString()));
    assertEquals(0, brindle("mount", "--create", directory.toString(), mount.toString()), err);
    assertEquals(List.of("main", "music", "photos"), volumeNames());
  }

  @Test
  void anyVerb_noVolumeNamed_takesTheOnlyOne() throws IOException {
    store.renameVolume("main", "photos");

    assertEquals(0, brindle("snapshot", "create", directory.toString(), "a"), err);
    assertEquals(List.of("a"), snapshotNames("photos"));
    store.createVolume("music");
    assertEquals(3, brindle("snapshot", "create", directory.toString(), "b"));
    assertTrue(err.contains("it has: music, photos"), err);
  }

  private List<String> volumeNames() {
    return store.volumes().stream().map(volume -> volume.fullName()).toList();
  }

  @Test
  void mount_optionsReachTheDaemon() {
    String[] words = {
      "mount",
      "--read-only",
      "--noatime",
      "--snapdir=VISIBLE",
      "--no-allow-other",
      directory.toString(),
      mount.toString()
    };
    assertEquals(0, brindle(words), err);

    assertEquals(
        new MountOptions(true, false, true, false, false, SnapshotVisibility.VISIBLE, false),
        store.mounts.get(0).options());
  }

  @Test
  void mount_wrongWords_areWrongUsage() {
    assertEquals(2, brindle("mount", directory.toString()));
    assertEquals(2, brindle("mount", directory + "@a", mount.toString()));
    assertEquals(2, brindle("mount", "--snapdir=often", directory.toString(), mount.toString()));
    assertEquals(2, brindle("mount", "--transport=pigeon", directory.toString(), "x"));
    assertEquals(List.of(), access.mounts);
  }

  @Test
  void anyVerb_volumeRenamedSinceItWasMounted_isFoundByItsMount() throws IOException {
    mounted("main");
    store.renameVolume("main", "first");
    access.renamed.put("main", "first");

    assertEquals(0, brindle("snapshot", "create", mount.toString(), "a"), err);

    assertEquals(List.of("a"), snapshotNames("first"));
  }

  @Test
  void umount_byMountPointOrByStore() {
    brindle("mount", directory.toString(), mount.toString());
    assertEquals(0, brindle("umount", mount.toString()), err);
    brindle("mount", directory.toString(), mount.toString());
    assertEquals(0, brindle("umount", directory.toString()), err);

    assertEquals(List.of(), access.mounts);
    assertEquals(3, brindle("umount", mount.toString()));
    assertEquals(3, brindle("umount", directory.toString()));
  }

  @Test
  void umount_directoryOnAMount_isRefused() throws IOException {
    mounted("main");

    assertEquals(3, brindle("umount", mount + "/src"));

    assertTrue(err.contains("is on the mount " + mount), err);
  }

  @Test
  void snapshotCreate_nameInEitherPlace_isTheSame() throws IOException {
    assertEquals(0, brindle("snapshot", "create", directory.toString(), "a"), err);
    assertEquals(0, brindle("snapshot", "create", directory + "@b"), err);
    assertEquals(0, brindle("snapshot", "create", directory + ":main@c"), err);

    assertEquals(List.of("a", "b", "c"), snapshotNames("main"));
    assertEquals("Took the snapshot main@c.\n", out);
  }

  @Test
  void snapshotCreate_noNameOrTwo_isWrongUsage() throws IOException {
    assertEquals(2, brindle("snapshot", "create", directory.toString()));
    assertEquals(2, brindle("snapshot", "create", directory + "@a", "b"));
    assertEquals(2, brindle("snapshot", "create", directory + "@"));

    assertEquals(List.of(), snapshotNames("main"));
  }

  @Test
  void snapshotCreate_pathOnMount_takesTheVolumeSeenThere() throws IOException {
    store.createClone("main", null, "test");
    mounted("main");
    Files.createDirectories(mount.resolve("src/deep"));
    Files.createDirectories(mount.resolve(".clones/test/src"));

    assertEquals(0, brindle("snapshot", "create", mount + "/src/deep", "a"), err);
    assertEquals(0, brindle("snapshot", "create", mount + "/.clones/test/src", "b"), err);
    assertEquals(0, brindle("snapshot", "create", mount + ":main/test@c"), err);

    assertEquals(List.of("a"), snapshotNames("main"));
    assertEquals(List.of("b", "c"), snapshotNames("main/test"));
  }

  @Test
  void snapshotDelete_severalNames_deletesThemAndFreesTheSpace() throws IOException {
    for (String name : List.of("a", "b", "c")) {
      store.createSnapshot("main", name);
    }

    assertEquals(0, brindle("snapshot", "delete", directory.toString(), "c", "a"), err);

    assertEquals(List.of("b"), snapshotNames("main"));
    assertEquals(1, store.reclaimed);
  }

  @Test
  void snapshotDelete_mountedStore_waitsForSpaceOnlyWhenAsked() throws IOException {
    store.createSnapshot("main", "a");
    store.createSnapshot("main", "b");
    mounted("main");

    assertEquals(0, brindle("snapshot", "delete", mount.toString(), "a"), err);
    assertEquals(0, store.reclaimed);
    assertEquals(0, brindle("snapshot", "delete", mount.toString(), "b", "--wait"), err);
    assertEquals(1, store.reclaimed);
  }

  @Test
  void snapshotDelete_pathOfTheSnapshot_deletesIt() throws IOException {
    store.createSnapshot("main", "a");
    mounted("main");

    assertEquals(0, brindle("snapshot", "delete", mount + "/.snapshots/a"), err);

    assertEquals(List.of(), snapshotNames("main"));
  }

  @Test
  void snapshotRename_nameInEitherPlace_isTheSame() throws IOException {
    store.createSnapshot("main", "a");

    assertEquals(0, brindle("snapshot", "rename", directory.toString(), "a", "b"), err);
    assertEquals(0, brindle("snapshot", "rename", directory + "@b", "c"), err);

    assertEquals(List.of("c"), snapshotNames("main"));
    assertEquals("main@b is now main@c.\n", out);
  }

  @Test
  void anyVerb_mistypedVolume_namesThoseThatAre() {
    assertEquals(3, brindle("snapshot", "create", directory + ":mian", "a"));

    assertEquals(
        "brindle: there is no volume mian in the store " + directory + "; it has: main\n", err);
  }

  @Test
  void anyVerb_noStoreThere_saysSo() {
    assertEquals(3, brindle("df", temporary + "/nothing"));

    assertTrue(err.contains("neither a store nor on a Brindle mount"), err);
  }

  @Test
  void anyVerb_unknownOption_isWrongUsage() {
    assertEquals(2, brindle("df", "--nonsense", directory.toString()));

    assertTrue(err.contains("--nonsense"), err);
    assertTrue(err.contains("brindle df --help"), err);
  }

  @Test
  void noVerb_orUnknownVerb_isWrongUsage() {
    assertEquals(2, brindle());
    assertTrue(err.contains("Usage: brindle"), err);
    assertEquals(2, brindle("snapshto", "x"));
    assertTrue(err.contains("there is no verb \"snapshto\""), err);
    assertTrue(err.contains("brindle snapshot"), err);
    assertEquals(2, brindle("snapshot"));
    assertEquals(2, brindle("snapshot", "--all"));
    assertTrue(err.contains("--all"), err);
  }

  @Test
  void cloneCreate_ofSnapshot_byOptionOrByPlace() throws IOException {
    store.createSnapshot("main", "s");

    assertEquals(0, brindle("clone", "create", directory.toString(), "--from", "s", "one"), err);
    assertEquals(0, brindle("clone", "create", directory + "@s", "two"), err);
    assertEquals(2, brindle("clone", "create", directory + "@s", "--from", "s", "three"));

    assertEquals(
        List.of("main@s", "main@s"),
        store.clones("main").stream().map(clone -> clone.origin()).toList());
  }

  @Test
  void cloneDelete_volumeThatIsNoClone_isRefused() throws IOException {
    store.createClone("main", null, "test");

    assertEquals(2, brindle("clone", "delete", directory.toString()));
    assertEquals(0, brindle("clone", "delete", directory.toString(), "test"), err);
    assertEquals(3, brindle("clone", "delete", directory + ":main/test"));
  }

  @Test
  void volumeDelete_withClones_needsToBeToldWhatBecomesOfThem() throws IOException {
    store.createClone("main", null, "test");

    assertEquals(4, brindle("volume", "delete", directory + ":main"));
    assertEquals(
        2, brindle("volume", "delete", directory + ":main", "--delete-clones", "--detach-clones"));
    assertEquals(0, brindle("volume", "delete", directory + ":main", "--delete-clones"), err);

    assertEquals(List.of(), store.volumes());
  }

  @Test
  void volumeDelete_mountWithoutVolumesName_isWrongUsage() {
    mounted("main");

    assertEquals(2, brindle("volume", "delete", mount.toString()));

    assertEquals(1, store.volumes().size());
  }

  @Test
  void diff_formsOfNamingTwoVersions_meanTheSame() throws IOException {
    store.createSnapshot("main", "a");
    store.createSnapshot("main", "b");
    mounted("main");
    String place = mount.toString();

    assertEquals(0, brindle("diff", place + "@a"), err);
    assertEquals(0, brindle("diff", place, "@a"), err);
    assertEquals(0, brindle("diff", place + "/.snapshots/a", place), err);
    assertEquals(0, brindle("diff", place + "@a", "@b"), err);
    assertEquals(0, brindle("diff", place, "@a", "@b"), err);
    assertEquals(0, brindle("diff", directory + ":main@a", directory + ":main@b"), err);

    assertEquals(
        List.of("main@a main", "main@a main", "main@a main").equals(store.diffs.subList(0, 3)),
        true,
        store.diffs.toString());
    assertEquals(
        List.of("main@a main@b", "main@a main@b", "main@a main@b"), store.diffs.subList(3, 6));
  }

  @Test
  void diff_versionWithItself_isWrongUsage() {
    assertEquals(2, brindle("diff", directory.toString()));
    assertEquals(2, brindle("diff", directory.toString(), directory + ":main"));
    assertEquals(2, brindle("diff", "@a"));
  }

  @Test
  void diff_lines_haveTheirSymbol() throws IOException {
    store.changed(Difference.Kind.MODIFIED, "src/a.c", null);
    store.changed(Difference.Kind.RENAMED, "new\nline", "old");

    assertEquals(0, brindle("diff", directory + "@a"), err);
    assertEquals("M src/a.c\nR old -> \"new\\nline\"\n", out);

    assertEquals(0, brindle("diff", "--json", directory + "@a"), err);
    JsonArray lines = JsonParser.parseString(out).getAsJsonArray();
    assertEquals("new\nline", lines.get(1).getAsJsonObject().get("path").getAsString());
    assertEquals("R", lines.get(1).getAsJsonObject().get("change").getAsString());
  }

  @Test
  void df_sizes_areRightAligned() throws IOException {
    store.createVolume("photos");

    assertEquals(0, brindle("df", directory.toString()), err);

    assertEquals(
        """
        VERSION    REFER     USED  WRITTEN
        main     1.0 MiB  4.0 KiB      0 B
        photos   1.0 MiB  4.0 KiB      0 B
        """,
        out);
    assertEquals(0, brindle("df", directory + ":photos"), err);
    assertEquals(2, out.lines().count());
  }

  @Test
  void check_damagedStore_hasItsOwnStatus() {
    assertEquals(0, brindle("check", directory.toString()), err);
    access.problems = List.of("node 7 is reachable twice");
    assertEquals(6, brindle("check", directory.toString()));
    assertTrue(out.contains("node 7 is reachable twice"), out);
  }

  @Test
  void check_rebuildIndex_makesItFirst_andOnlyWhenTold() {
    assertEquals(0, brindle("check", directory.toString()), err);
    assertEquals(List.of(), access.rebuilt);
    assertEquals(0, brindle("check", "--rebuild-index", directory.toString()), err);
    assertEquals(List.of(directory), access.rebuilt);
  }

  @Test
  void check_acceptOlder_goesWithRebuildIndexOnly_andSaysWhatIsLost() {
    assertEquals(2, brindle("check", "--accept-older", directory.toString()));
    assertEquals(
        0, brindle("check", "--rebuild-index", "--accept-older", directory.toString()), err);
    assertTrue(out.contains("as of checkpoint 17"), out);
    assertTrue(out.contains("is lost"), out);
  }

  @Test
  void check_repair_saysWhatItDid_andWhatIsLeft() {
    assertEquals(0, brindle("check", "--repair", directory.toString()), err);
    assertEquals("Nothing to repair.\n", out);
    access.problems = List.of("inode 7 has no name");
    assertEquals(0, brindle("check", "--repair", directory.toString()), err);
    assertEquals("mended: inode 7 has no name\nRepaired.\n", out);
    access.problems = List.of("inode 7 has no name");
    access.left = List.of("segment 3 does not exist");
    assertEquals(6, brindle("check", "--repair", directory.toString()));
    assertTrue(out.contains("1 problems are left:\nsegment 3"), out);
    access.problems = List.of("inode 7 has no name");
    assertEquals(6, brindle("check", "--repair", "--json", directory.toString()));
    assertTrue(out.contains("\"deeds\": ["), out);
    assertEquals(2, brindle("check", "--repair", "--data", directory.toString()));
  }

  @Test
  void check_mountedStore_isRefused() {
    mounted("main");

    assertEquals(4, brindle("check", directory.toString()));

    assertTrue(err.contains("brindle umount"), err);
  }

  @Test
  void status_showsTheLogsPlace() {
    assertEquals(0, brindle("status", directory.toString()), err);

    assertTrue(out.contains(directory + "/daemon.log"), out);
  }

  @Test
  void status_afterACrash_saysWhatHappened() {
    store.recovery =
        new RecoveryReport(
            new UncleanEnd("process 7 (brindle)", new Timestamp(0, 0), new Timestamp(90, 0)),
            1_234,
            3 << 20,
            1_520);

    assertEquals(0, brindle("status", directory.toString()), err);

    assertTrue(out.contains("process 7 (brindle), which had the store open since 1970-"), out);
    assertTrue(
        out.contains("1,234 changes of its log rolled forward in 1.5 s (3.0 MiB read)"), out);
  }

  @Test
  void scrub_tellsEachDamagedFileAndItsStatus() {
    store.scrub =
        new ScrubStatus(ScrubStatus.State.FINISHED, null, null, 3 << 20, 3 << 20, 1 << 20, 2, null);
    store.damages.add(
        new DamageReport("main", "s", "d/f\n", 9, 8192, 4096, "damaged store file log/1.seg"));
    store.damages.add(new DamageReport("main", null, null, 7, 0, -1, "damaged store file index"));

    assertEquals(6, brindle("scrub", "--rate", "20M", directory.toString()), err);

    assertEquals(20 << 20, store.scrubRate);
    assertTrue(
        out.contains("main@s: \"d/f\\n\": 4.0 KiB from byte 8,192 on: damaged store file"), out);
    assertTrue(out.contains("main: inode 7 (no name): all of it: damaged store file index"), out);
    assertTrue(out.contains("Scrub finished: 3.0 MiB read, 2 damages."), out);
  }

  @Test
  void scrub_optionsOfADaemon_areRefusedWithoutOne() {
    assertEquals(4, brindle("scrub", "--status", directory.toString()));
    assertTrue(err.contains("not mounted"), err);
    assertEquals(2, brindle("scrub", "--rate", "fast", directory.toString()));
    assertEquals(2, brindle("scrub", "--status", "--stop", directory.toString()));
  }

  @Test
  void scrub_stop_isAskedOfTheDaemon() throws IOException {
    mounted("main");
    store.scrubRate = 0;
    assertEquals(0, brindle("scrub", "--stop", directory.toString()), err);
    assertEquals(-1, store.scrubRate);
    assertTrue(out.contains("No scrub has run"), out);
  }

  @Test
  void volumeNameWithAtSign_isFoundBeforeASnapshot() throws IOException {
    store.createVolume("a@b");

    assertEquals(0, brindle("snapshot", "create", directory + ":a@b", "s"), err);
    assertEquals(0, brindle("snapshot", "create", directory + ":a@b@@GMT-1"), err);

    assertEquals(List.of("s", "@GMT-1"), snapshotNames("a@b"));
  }

  @Test
  void help_followsTheWords() {
    assertEquals(0, brindle("help"), err);
    assertTrue(out.contains("brindle mount"), out);
    assertEquals(0, brindle("help", "snapshot", "create"), err);
    assertTrue(out.contains("Usage: brindle snapshot create"), out);
    assertEquals(2, brindle("help", "snapshot", "eat"));
    assertTrue(err.contains("there is no verb \"snapshot eat\""), err);
  }

  @Test
  void everyVerb_hasHelpWithinTheTerminal() {
    for (String verb :
        List.of(
            "status",
            "init",
            "volume create",
            "volume list",
            "volume rename",
            "volume delete",
            "snapshot create",
            "snapshot list",
            "snapshot rename",
            "snapshot delete",
            "clone create",
            "clone list",
            "clone delete",
            "df",
            "diff",
            "check",
            "scrub",
            "reclaim",
            "version")) {
      String[] words = (verb + " --help").split(" ");
      assertEquals(0, brindle(words), err);
      assertTrue(out.contains("brindle " + verb), out);
      assertTrue(out.lines().allMatch(line -> line.length() <= 100), out);
    }
  }

  /** Standard output where every write fails. */
  private static final class FailingWriter extends Writer {
    private final String failure;

    FailingWriter(String failure) {
      this.failure = failure;
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
      throw new IOException(failure);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private int brindleWithout(String failure, String... words) {
    StringWriter errText = new StringWriter();
    int status = Main.run(access, new FailingWriter(failure), new PrintWriter(errText), words);
    err = errText.toString();
    return status;
  }

  @Test
  void output_thatCannotBeWritten_isAFailure() throws IOException {
    store.createSnapshot("main", "s");
    for (int i = 0; i < 2_000; i++) {
      store.changed(Difference.Kind.MODIFIED, "file-" + i, null);
    }
    for (String[] words :
        List.of(
            new String[] {"df", directory.toString()},
            new String[] {"df", "--json", directory.toString()},
            new String[] {"diff", directory + "@s"},
            new String[] {"df", "--help"})) {
      assertEquals(1, brindleWithout("No space left on device", words));
      assertEquals("brindle: cannot write the output: No space left on device\n", err);
    }
    assertEquals(3, brindleWithout("No space left on device", "df", directory + ":no"));
  }

  @Test
  void output_thatNobodyReads_endsQuietly() throws IOException {
    assertEquals(141, brindleWithout("Broken pipe", "df", directory.toString()));
    assertEquals("", err);
  }

  @Test
  void version_isTheSame_asVerbAndAsOption() {
    assertEquals(0, brindle("version"), err);
    String told = out;
    assertTrue(told.startsWith("brindle "), told);
    for (String option : List.of("--version", "-V")) {
      assertEquals(0, brindle(option), err);
      assertEquals(told, out);
    }
  }
}

package dev.brindle.store.scrub;

import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.scrub.ScrubStatus.State;
import dev.brindle.store.tree.TreeReader;
import dev.brindle.store.version.Version;
import dev.brindle.store.volume.NameHash;
import dev.brindle.store.volume.OpenStore;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One reading of everything. */
final class Scrub {
  /** What a version is called. */
  private record Title(String volume, dev.brindle.store.@Nullable Name snapshot) {}

  private final OpenStore store;
  private final Pace pace;
  private final Damage damage = new Damage();
  private final Suspects suspects = new Suspects(damage);
  private final Consumer<DamagedFile> files;
  private final Consumer<String> others;
  private final Consumer<State> states;

  /**
   * @param files takes each damaged file
   * @param others takes sentences on damage that has no file
   * @param states is told what is begun
   */
  Scrub(
      OpenStore store,
      Pace pace,
      Consumer<DamagedFile> files,
      Consumer<String> others,
      Consumer<State> states) {
    this.store = store;
    this.pace = pace;
    this.files = files;
    this.others = others;
    this.states = states;
  }

  void run() throws IOException, StoppedException {
    states.accept(State.INDEX);
    new IndexPass(store.index(), damage, pace).run();
    new CopiesPass(store, damage, pace).run();
    states.accept(State.DATA);
    new DataPass(store.log(), damage, pace).run();
    states.accept(State.TREES);
    walkTrees(suspects::noteExtent, damage);
    states.accept(State.LOCATING);
    if (!damage.inodes().isEmpty()) {
      walkTrees(suspects::noteEntry, new Damage());
    }
    locate();
    damage.others().forEach(others);
  }

  private void walkTrees(TreePass.Items items, Damage found) throws IOException, StoppedException {
    for (Version version : store.versions().versions()) {
      new TreePass(store, items, found, pace).run(version.id());
    }
  }

  private void locate() throws IOException, StoppedException {
    if (suspects.ofBlocks().isEmpty() && damage.inodes().isEmpty()) {
      return;
    }
    Map<Long, Title> titles = titles();
    NameHash hash = new NameHash(store.superblock().hashKey0(), store.superblock().hashKey1());
    for (Version version : store.versions().versions()) {
      Title title = titles.get(version.id());
      if (title != null) {
        store.withVersionStill(
            version.id(), row -> locate(new TreeReader(store.nodes(), row.root()), hash, title));
      }
      pace.read(0);
    }
  }

  private void locate(TreeReader tree, NameHash hash, Title title) throws IOException {
    Victims victims = new Victims(tree, hash, damage, title.volume, title.snapshot, files);
    for (long inode : suspects.ofBlocks()) {
      victims.ofBlocks(inode);
    }
    for (var suspect : suspects.ofNodes().entrySet()) {
      victims.ofNodes(suspect.getKey(), suspect.getValue());
    }
  }

  /** The versions that have names. */
  private Map<Long, Title> titles() throws IOException {
    Map<Long, Title> titles = new HashMap<>();
    for (VolumeInfo volume : store.catalogue().volumes()) {
      List<SnapshotInfo> snapshots = store.catalogue().snapshots(volume.id());
      for (SnapshotInfo snapshot : snapshots) {
        titles.put(snapshot.version(), new Title(volume.fullName(), snapshot.name()));
      }
      titles.put(store.catalogue().head(volume.id()).id(), new Title(volume.fullName(), null));
    }
    return titles;
  }
}

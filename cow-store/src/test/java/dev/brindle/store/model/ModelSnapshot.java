package dev.brindle.store.model;

import dev.brindle.store.Name;

/** A snapshot of the model; its tree is the volume's at that moment, shared and never changed. */
record ModelSnapshot(long version, long volume, Name name, TreeState tree) {
  ModelSnapshot withName(Name newName) {
    return new ModelSnapshot(version, volume, newName, tree);
  }

  ModelSnapshot withTree(TreeState newTree) {
    return new ModelSnapshot(version, volume, name, newTree);
  }
}

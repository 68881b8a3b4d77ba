package dev.brindle.store.model;

import dev.brindle.store.Name;

/**
 * A volume or clone of the model.
 *
 * @param parent the volume in whose clones it stands; 0 at the top
 */
record ModelVolume(long id, Name name, long parent, TreeState tree) {
  ModelVolume withTree(TreeState newTree) {
    return new ModelVolume(id, name, parent, newTree);
  }

  ModelVolume withName(Name newName) {
    return new ModelVolume(id, newName, parent, tree);
  }

  ModelVolume atTop() {
    return new ModelVolume(id, name, 0, tree);
  }
}

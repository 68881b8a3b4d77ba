package dev.brindle.store.model;

/** The model keeps the contract of versions too. */
class FakeVersionContractTest extends VersionContract {
  @Override
  Subject create() {
    return new FakeStore(FakeStore.Bug.NONE);
  }
}

package dev.brindle.cli.mounted;

import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract of a mount, by the transport libfuse. */
final class LibfuseContractIT extends MountContract {
  @RegisterExtension
  static final MountedStore STORE = new MountedStore("--dev", "--suid", "--transport=libfuse");

  @Override
  MountedStore store() {
    return STORE;
  }

  @Override
  boolean mayLackExtensions() {
    return true;
  }
}

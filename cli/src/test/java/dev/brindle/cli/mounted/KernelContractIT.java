package dev.brindle.cli.mounted;

import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract of a mount, by the transport kernel. */
final class KernelContractIT extends MountContract {
  @RegisterExtension
  static final MountedStore STORE = new MountedStore("--dev", "--suid", "--transport=kernel");

  @Override
  MountedStore store() {
    return STORE;
  }

  @Override
  boolean mayLackExtensions() {
    return false;
  }
}

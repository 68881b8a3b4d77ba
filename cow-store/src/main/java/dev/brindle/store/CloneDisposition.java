package dev.brindle.store;

/** What becomes of a volume's clones when the volume is deleted. */
public enum CloneDisposition {
  /** The deletion is refused, with the clones' names. */
  REFUSE,
  /** They are deleted too, and theirs. */
  DELETE,
  /** They become volumes at the top, under their own names; a name that is taken is refused. */
  DETACH
}

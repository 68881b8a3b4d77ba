package dev.brindle.store.check;

import java.util.List;

/**
 * What a repair did.
 *
 * @param deeds a sentence for each thing that was changed, with the volume or snapshot; empty when
 *     there was nothing to repair
 * @param remaining what the check finds afterwards; empty when the store is sound
 */
public record RepairReport(List<String> deeds, List<String> remaining) {
  public boolean isSound() {
    return remaining.isEmpty();
  }
}

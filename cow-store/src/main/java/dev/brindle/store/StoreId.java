package dev.brindle.store;

import java.util.UUID;

/** A store's identity: 128 random bits, in the header of each of its files. */
public record StoreId(long high, long low) {
  public static StoreId random() {
    UUID uuid = UUID.randomUUID();
    return new StoreId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
  }

  @Override
  public String toString() {
    return new UUID(high, low).toString();
  }
}

package dev.brindle.store.model;

/**
 * How thoroughly crashes are tried.
 *
 * @param share of the operations on the disk at which one is tried, 0 to 1
 * @param randomLosses how many choices of what is lost, besides nothing and everything
 * @param recoveryShare of the recoveries that are crashed at each of their operations, 0 to 1
 * @param goOnOneIn of how many recovered stores one is changed and opened again
 */
record CrashEffort(double share, int randomLosses, double recoveryShare, int goOnOneIn) {}

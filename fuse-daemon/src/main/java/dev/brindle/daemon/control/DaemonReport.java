package dev.brindle.daemon.control;

import dev.brindle.store.Timestamp;
import java.util.List;

/** What a running daemon tells of itself. */
public record DaemonReport(
    long pid,
    Timestamp started,
    String javaVersion,
    long heapUsedBytes,
    long heapBytesMax,
    List<MountReport> mounts) {}

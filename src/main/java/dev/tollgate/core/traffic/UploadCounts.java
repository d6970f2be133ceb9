package dev.tollgate.core.traffic;

import dev.tollgate.core.usage.UsageEvent;
import java.util.concurrent.atomic.LongAdder;

/** Files stored on this node since its start, and their bytes. Thread-safe. */
public final class UploadCounts {

    private final LongAdder files = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    /** Counts what a request stored, if anything. */
    public void count(UsageEvent event) {
        if (event.files() > 0) {
            files.add(event.files());
            bytes.add(event.bytes());
        }
    }

    /** Returns the given counts with the uploads added. */
    public TrafficCounts with(TrafficCounts decisions) {
        return decisions.plus(new TrafficCounts(0, 0, 0, 0, 0, files.sum(), bytes.sum()));
    }
}

package dev.tollgate.gate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The times of edits that this node heard of, kept for as long as a value from before the edit can lie in Redis. They decide
 * how far a cached value is trusted. Beyond {@value #MAX_ENTRIES} edits all are forgotten, and no value from before that
 * moment is trusted. Thread-safe.
 */
final class KeyEditTimes {

    /** How far a value can be trusted. */
    enum Trust {
        /** Nothing that this node knows of happened since. */
        CONFIRMED,
        /** An edit may have been missed since, or a clock may hide one: the database has to be asked, if it can be. */
        UNCONFIRMED,
        /** It is older than an edit. */
        OUTDATED
    }

    private static final int MAX_ENTRIES = 10_000;
    /** Longer than a value lies in Redis, with what clocks may differ. */
    private static final long MAX_LIFE_MILLIS = 660_000;

    private final long skewMillis;
    private final LongSupplier clock;
    private final Map<String, Long> told = new LinkedHashMap<>();
    private long nothingMissedSince;

    /**
     * @param skewMillis by how much the clocks of nodes may differ
     * @param clock milliseconds since the epoch
     */
    KeyEditTimes(long skewMillis, LongSupplier clock) {
        this.skewMillis = skewMillis;
        this.clock = clock;
        this.nothingMissedSince = clock.getAsLong();
    }

    /** A key's hash, or an account, was edited. */
    synchronized void edited(String subject) {
        long now = clock.getAsLong();
        // Every copy that such an old edit could outdate has expired. The map is in the order of edits.
        for (var eldest = told.values().iterator(); eldest.hasNext() && eldest.next() < now - MAX_LIFE_MILLIS; ) {
            eldest.remove();
        }
        if (told.size() >= MAX_ENTRIES) {
            missed();
        }
        told.remove(subject);
        told.put(subject, now);
    }

    /** Edits may have been missed until now. */
    synchronized void missed() {
        told.clear();
        nothingMissedSince = clock.getAsLong();
    }

    /**
     * How far a key can be trusted that was read from the database at some moment.
     *
     * @param asOfMillis the moment, on the clock of the node that read it
     */
    synchronized Trust of(String hash, String accountId, long asOfMillis) {
        long edit = Math.max(told.getOrDefault(hash, 0L), told.getOrDefault(accountId, 0L));
        if (asOfMillis < edit) {
            return Trust.OUTDATED;
        }
        return asOfMillis < Math.max(edit, nothingMissedSince) + skewMillis ? Trust.UNCONFIRMED : Trust.CONFIRMED;
    }
}

package dev.tollgate.core.traffic;

/**
 * Counts of requests by outcome, and of uploads.
 *
 * @param admitted let pass after a decision
 * @param limited refused by a window or the month's quota
 * @param banned refused by a ban
 * @param shadowLimited would have been refused, but their route only watches
 * @param undecided not decided in time; the failure mode answered
 * @param uploads files stored
 * @param bytes their bytes
 */
public record TrafficCounts(
        long admitted, long limited, long banned, long shadowLimited, long undecided, long uploads, long bytes) {

    /** Nothing. */
    public static final TrafficCounts NONE = new TrafficCounts(0, 0, 0, 0, 0, 0, 0);

    /** What has come since. */
    public TrafficCounts minus(TrafficCounts before) {
        return new TrafficCounts(
                admitted - before.admitted,
                limited - before.limited,
                banned - before.banned,
                shadowLimited - before.shadowLimited,
                undecided - before.undecided,
                uploads - before.uploads,
                bytes - before.bytes);
    }

    /** Returns both together. */
    public TrafficCounts plus(TrafficCounts more) {
        return new TrafficCounts(
                admitted + more.admitted,
                limited + more.limited,
                banned + more.banned,
                shadowLimited + more.shadowLimited,
                undecided + more.undecided,
                uploads + more.uploads,
                bytes + more.bytes);
    }
}

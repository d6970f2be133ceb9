package dev.tollgate.core.traffic;

import dev.tollgate.core.traffic.CallerPeaks.Peak;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A port to PostgreSQL, which keeps callers' peaks for a day and answers what another limit would mean. Methods block. */
public interface PeakStore {

    /** Keeps peaks that are higher than those kept, and deletes those older than two days. */
    void keep(List<Peak> peaks, long nowMillis);

    /**
     * Who would have been limited, and who would be over its quota.
     *
     * @param tier the tier's name
     * @param windowLimit the number to try; empty for unlimited
     * @param monthlyQuota the quota to try; empty for unlimited
     * @param since peaks of hours that end after this
     * @param month as {@code 2026-11}
     */
    Preview preview(String tier, OptionalLong windowLimit, OptionalLong monthlyQuota, Instant since, String month);

    /**
     * What numbers would mean.
     *
     * @param callers callers of the tier seen since then
     * @param limited of them, those over the window's number at least once
     * @param most the first of these, highest peak first, at most 50
     * @param accounts accounts of the tier with usage this month
     * @param overQuota of them, those over the quota
     * @param mostUsed the first of these, most used first, at most 50
     */
    record Preview(
            long callers, long limited, List<Limited> most, long accounts, long overQuota, List<OverQuota> mostUsed) {}

    /**
     * A caller that would have been limited.
     *
     * @param caller its id
     * @param name the account's name; null for an address
     * @param peak its highest minute
     * @param hours in how many hours it was over the number
     * @param lastHour the last of these hours' beginning
     */
    record Limited(String caller, @Nullable String name, long peak, long hours, Instant lastHour) {}

    /** An account that would be over its quota, and what it has used this month. */
    record OverQuota(String caller, String name, long used) {}
}

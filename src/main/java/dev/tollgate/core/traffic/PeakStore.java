package dev.tollgate.core.traffic;

import dev.tollgate.core.limit.WindowPolicy;
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
     * Who would have been limited, and who would be over its quota. Accounts with limits of their own are left out.
     *
     * @param tier the tier's name
     * @param windows the windows to try, at most four; empty for unlimited
     * @param monthlyQuota the quota to try; empty for unlimited
     * @param since peaks of hours that end after this
     * @param month as {@code 2026-11}
     */
    Preview preview(String tier, List<WindowPolicy> windows, OptionalLong monthlyQuota, Instant since, String month);

    /**
     * What numbers would mean.
     *
     * @param callers callers of the tier seen since then
     * @param limited of them, those over a window's number at least once
     * @param windows the same for each window alone
     * @param most the first that would have been limited, for each window, highest peak first, at most 50
     * @param accounts accounts of the tier with usage this month
     * @param overQuota of them, those over the quota
     * @param mostUsed the first of these, most used first, at most 50
     */
    record Preview(
            long callers,
            long limited,
            List<OfWindow> windows,
            List<Limited> most,
            long accounts,
            long overQuota,
            List<OverQuota> mostUsed) {}

    /**
     * What one window would mean.
     *
     * @param name its name
     * @param limit the number tried
     * @param seconds its length
     * @param seen callers of which it is known what they used in a window of this length; 0 where the tier had none
     * @param limited of them, those over the number at least once
     */
    record OfWindow(String name, long limit, long seconds, long seen, long limited) {}

    /**
     * A caller that would have been limited.
     *
     * @param caller its id
     * @param name the account's name; null for an address
     * @param window the window it would have been limited by
     * @param peak its highest use of a window of this length
     * @param hours in how many hours it was over the number
     * @param lastHour the last of these hours' beginning
     */
    record Limited(String caller, @Nullable String name, String window, long peak, long hours, Instant lastHour) {}

    /** An account that would be over its quota, and what it has used this month. */
    record OverQuota(String caller, String name, long used) {}
}

package dev.tollgate.core.refusal;

import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A port to the refusals in PostgreSQL. Thread-safe. Methods block, and fail if the database cannot be reached. */
public interface RefusalLog {

    /**
     * Keeps rows. Of a row that is there already, the larger count and the later end stay, so rows may be kept again.
     *
     * @throws dev.tollgate.core.account.DatabaseUnavailableException if the database cannot be reached; then none is kept
     */
    void keep(List<RefusalRow> rows);

    /** Returns rows, newest first. The text of the request is not looked at. */
    Page<RefusalRow> page(Filter filter, PageRequest request);

    /**
     * Returns the rows that come after a given one, newest first, to walk through all of them without counting.
     *
     * @param last the row to go on behind; empty to begin
     * @param most how many at most
     */
    List<RefusalRow> after(Filter filter, Optional<RefusalRow> last, int most);

    /**
     * Returns what a route policy would have refused in shadow mode, by limit and code, the most first.
     *
     * @param from only at or after this instant; empty for all that is kept
     * @param to only before this instant; empty for until now
     */
    List<ShadowedLimit> shadow(String route, Optional<Instant> from, Optional<Instant> to);

    /**
     * Deletes rows that are older, in portions, so that no transaction grows long.
     *
     * @param before rows from before this instant
     * @param most how many at most
     * @return how many were deleted
     */
    int forget(Instant before, int most);

    /**
     * Which rows. More than five components: one for each filter.
     *
     * @param caller only this caller's, by its whole id
     * @param route only of this route policy
     * @param code only with this code
     * @param request only the row with this request's id
     * @param shadow only of requests that passed in shadow mode, or only of those that were refused
     * @param from only at or after this instant
     * @param to only before this instant
     */
    record Filter(
            Optional<String> caller,
            Optional<String> route,
            Optional<String> code,
            Optional<String> request,
            Optional<Boolean> shadow,
            Optional<Instant> from,
            Optional<Instant> to) {

        /** Every row. */
        public static final Filter NONE = new Filter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}

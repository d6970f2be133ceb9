package dev.tollgate.core.audit;

import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A port to the audit trail in PostgreSQL. Methods block, and fail if the database cannot be reached. */
public interface AuditLog {

    /** Rows, newest first; a text is searched in callers, actors and details. */
    Page<Row> page(Filter filter, PageRequest request);

    /**
     * Notes the end of temporary bans that ran out by themselves, each once however often and on however many nodes this is
     * called: at the instant of its end, as {@link BanEvent} has it. A ban that was lifted or replaced before its end is passed
     * over.
     *
     * @param after bans that ended after this instant
     * @param until and at the latest at this one; it should lie in the past by more than the trail lags behind
     * @return how many were noted
     */
    int noteEndedBans(Instant after, Instant until);

    /**
     * Deletes rows that are older, in portions, so that no transaction grows long.
     *
     * @param before rows from before this instant
     * @param most how many at most
     * @return how many were deleted
     */
    int forget(Instant before, int most);

    /**
     * Returns the rows that come after a given one, newest first: to walk through all of them without counting.
     *
     * @param q a text to search as in {@link #page}; empty for none
     * @param last the row to go on behind; empty to begin
     * @param most how many at most
     */
    List<Row> after(Filter filter, String q, Optional<Row> last, int most);

    /**
     * Which rows.
     *
     * @param caller only this caller's, by its whole id
     * @param types only of these types; empty for all
     * @param from only at or after this instant
     * @param to only before this instant
     */
    record Filter(Optional<String> caller, Set<AuditEvent.Type> types, Optional<Instant> from, Optional<Instant> to) {

        /** Every row. */
        public static final Filter NONE = new Filter(Optional.empty(), Set.of(), Optional.empty(), Optional.empty());
    }

    /**
     * A row.
     *
     * @param id rises with time of writing
     * @param at when it happened
     * @param type what happened
     * @param caller whom it concerns; null if it concerns no caller
     * @param actor who did it
     * @param details what else there is to say
     */
    record Row(
            long id,
            Instant at,
            AuditEvent.Type type,
            @Nullable String caller,
            String actor,
            Map<String, String> details) {}
}

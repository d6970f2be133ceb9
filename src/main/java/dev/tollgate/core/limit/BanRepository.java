package dev.tollgate.core.limit;

import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import java.util.List;
import java.util.Objects;

/**
 * A port to the bans in PostgreSQL: the permanent ones, from which an empty Redis is restored, and the record of the others
 * in the audit trail. Methods block, each in a transaction of its own, and fail if the database cannot be reached.
 */
public interface BanRepository {

    /** Keeps a permanent ban; one that is kept already stays as it is. */
    void keep(Caller caller, Ban permanent);

    /** The same for a ban that was seen in Redis, unless the trail says that the caller's ban was lifted since it began. */
    default void keepUnlessLifted(Caller caller, Ban permanent) {
        keep(caller, permanent);
    }

    /**
     * Returns permanently banned callers, the latest first. Only administrators ban addresses permanently.
     *
     * @param most how many at most
     */
    List<BannedCaller> permanent(int most);

    /** Forgets a caller's permanent ban. Returns whether there was one. */
    boolean forget(Caller caller);

    /**
     * Bans in force, permanent ones first and then by when they were applied, newest first; a text is searched in callers
     * and reasons. Temporary ones are as the audit trail recorded them, which lags behind the gate by its buffer.
     *
     * @param nowMillis the present, milliseconds since the epoch
     */
    Page<BannedCaller> active(PageRequest request, long nowMillis);

    /** A caller and the ban on it. */
    public record BannedCaller(Caller caller, Ban ban) {
        public BannedCaller {
            Objects.requireNonNull(caller, "caller");
            Objects.requireNonNull(ban, "ban");
        }
    }
}

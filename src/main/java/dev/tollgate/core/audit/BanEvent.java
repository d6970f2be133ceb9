package dev.tollgate.core.audit;

import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.Caller;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** The audit events of bans. All have the same details, so that bans in force can be read back from the trail. */
public final class BanEvent {

    /** The detail that says when a ban ends, in ISO 8601 UTC; absent for a permanent one. */
    public static final String EXPIRES_AT = "expiresAt";

    /** The detail that says a ban's level. */
    public static final String LEVEL = "level";

    /** The detail that says why. */
    public static final String REASON = "reason";

    private BanEvent() {}

    /**
     * Returns the event of a ban that the gate or an administrator applied.
     *
     * @param escalated whether it took the place of a lower ban or of the step below
     * @param actor who did it, see {@link AuditEvent}
     */
    public static AuditEvent applied(Caller caller, Ban ban, boolean escalated, String actor) {
        AuditEvent.Type type = escalated ? AuditEvent.Type.BAN_ESCALATED : AuditEvent.Type.BAN_APPLIED;
        return new AuditEvent(type, ban.bannedAt(), caller.id(), actor, details(ban));
    }

    /** Returns the event of a ban that an administrator lifted. */
    public static AuditEvent lifted(Caller caller, String level, String reason, long atMillis, String actor) {
        return new AuditEvent(
                AuditEvent.Type.BAN_LIFTED, atMillis, caller.id(), actor, Map.of(LEVEL, level, REASON, reason));
    }

    private static Map<String, String> details(Ban ban) {
        Map<String, String> details = new TreeMap<>();
        details.put(LEVEL, ban.level().label());
        details.put(REASON, ban.reason());
        ban.expiresAt()
                .ifPresent(
                        end -> details.put(EXPIRES_AT, Instant.ofEpochMilli(end).toString()));
        return details;
    }
}

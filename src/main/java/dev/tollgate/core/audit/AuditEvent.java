package dev.tollgate.core.audit;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One row of the audit trail.
 *
 * @param type what happened
 * @param atMillis when, milliseconds since the epoch
 * @param caller the caller it concerns; null if none
 * @param actor who did it: the signed-in administrator, or {@code gate}
 * @param details what else there is to say, short texts by name; never a raw API key
 */
public record AuditEvent(Type type, long atMillis, @Nullable String caller, String actor, Map<String, String> details) {

    /** Who acted when it was the gate itself. */
    public static final String GATE = "gate";

    /** What can happen. The names are in the database's CHECK too; a test compares both. */
    public enum Type {
        BAN_APPLIED,
        BAN_ESCALATED,
        BAN_LIFTED,
        BAN_EXPIRED,
        LIMIT_EXCEEDED,
        LIMITS_RESET,
        QUOTA_WARNING,
        ACCOUNT_CREATED,
        ACCOUNT_CHANGED,
        ACCOUNT_CLOSED,
        KEY_CREATED,
        KEY_CHANGED,
        KEY_REVOKED,
        KEY_ROTATED,
        ADDRESS_REFUSED,
        TIER_CHANGED,
        LIMITS_CHANGED,
        PRINCIPAL_LINKED,
        PRINCIPAL_UNLINKED,
        TIER_DELETED,
        ADMIN_SIGN_IN,
        ADMIN_SIGN_IN_FAILED,
        ROUTE_CHANGED,
        SET_ASIDE_RETRIED,
        LEDGER_MISMATCH,
        LEDGER_RECOUNTED,
        LATENCY_HIGH
    }

    public AuditEvent {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(actor, "actor");
        details = Map.copyOf(details);
    }

    /** Returns the same with one more detail; one of that name stays as it is. */
    public AuditEvent with(String name, String detail) {
        Map<String, String> more = new HashMap<>(details);
        more.putIfAbsent(name, detail);
        return new AuditEvent(type, atMillis, caller, actor, more);
    }
}

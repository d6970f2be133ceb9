package dev.tollgate.http.admin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tollgate.core.access.AdminRole;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.AuditSink;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Sign-ins in the audit trail. Of failed ones at most {@value #ROWS} rows a minute, whichever addresses they come from; the next row
 * says how many were left out. Thread-safe.
 */
final class LoginAuditor {

    /** How many rows failed sign-ins may write in a minute of the clock. */
    static final int ROWS = 60;

    private static final long MINUTE_MILLIS = 60_000;
    private static final int LONGEST_SHOWN = 100;
    private static final int MAX_SEEN = 10_000;

    private final AuditSink audit;
    private final LongSupplier clock;
    private final Cache<String, Boolean> seen;
    private long minute;
    private int rows;
    private long leftOut;

    /**
     * @param clock milliseconds since the epoch
     */
    LoginAuditor(AuditSink audit, LongSupplier clock) {
        this.audit = audit;
        this.clock = clock;
        this.seen = Caffeine.newBuilder()
                .maximumSize(MAX_SEEN)
                .expireAfterWrite(Duration.ofHours(1))
                .ticker(() -> clock.getAsLong() * 1_000_000)
                .build();
    }

    /** An administrator or a viewer began a session. */
    void begun(AdminUser adminUser, String address) {
        Map<String, String> details = new HashMap<>(Map.of("address", address, "authentication", adminUser.scheme()));
        adminUser.role().ifPresent(role -> details.put("role", role.label()));
        note(AuditEvent.Type.ADMIN_SIGN_IN, adminUser.user(), details);
    }

    /**
     * An administrator or a viewer sent a request without a session: noted once an hour for each user, role, address and way of
     * signing in, since with HTTP Basic every request is a sign-in.
     */
    void used(AdminUser adminUser, String address) {
        String role = adminUser.role().map(AdminRole::label).orElse("");
        String key = adminUser.scheme() + ' ' + role + ' ' + address + ' ' + adminUser.user();
        if (seen.asMap().putIfAbsent(key, Boolean.TRUE) == null) {
            begun(adminUser, address);
        }
    }

    /** The realm did not know the user by this password, or the user has none of the roles asked for. */
    void failed(String user, String address, String scheme) {
        Map<String, String> details = new HashMap<>(Map.of("address", address, "authentication", scheme));
        synchronized (this) {
            long now = clock.getAsLong() / MINUTE_MILLIS;
            if (now != minute) {
                minute = now;
                rows = 0;
            }
            if (rows >= ROWS) {
                leftOut++;
                return;
            }
            rows++;
            if (leftOut > 0) {
                details.put("leftOutBefore", Long.toString(leftOut));
                leftOut = 0;
            }
        }
        note(AuditEvent.Type.ADMIN_SIGN_IN_FAILED, user, details);
    }

    private void note(AuditEvent.Type type, String user, Map<String, String> details) {
        String shown = user.length() > LONGEST_SHOWN ? user.substring(0, LONGEST_SHOWN) : user;
        audit.note(new AuditEvent(type, clock.getAsLong(), null, shown.isEmpty() ? "unknown" : shown, details));
    }
}

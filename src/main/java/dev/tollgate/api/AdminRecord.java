package dev.tollgate.api;

import dev.tollgate.audit.AuditEvent;
import dev.tollgate.audit.AuditTrail;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.time.Clock;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Notes what administrators do in the audit trail, and by whom. Thread-safe. */
@ApplicationScoped
public class AdminRecord {

    private static final long HOUR_MILLIS = 3_600_000;
    private static final int MOST_ADMINISTRATORS = 1_000;

    private final AuditTrail trail;
    private final Clock clock;
    private final Map<String, Long> signIns = new LinkedHashMap<>();

    /** For the container's proxy. */
    protected AdminRecord() {
        this(null, null);
    }

    /** In the given trail. */
    @Inject
    public AdminRecord(AuditTrail trail) {
        this(trail, Clock.systemUTC());
    }

    AdminRecord(AuditTrail trail, Clock clock) {
        this.trail = trail;
        this.clock = clock;
    }

    /** The present, milliseconds since the epoch. */
    public long nowMillis() {
        return clock.millis();
    }

    /** Who asks. */
    public String actor(SecurityContext security) {
        Principal principal = security.getUserPrincipal();
        return principal == null ? "unknown" : principal.getName();
    }

    /** Notes that the administrator who asks did something. */
    public void did(SecurityContext security, AuditEvent.Type type, String caller, Map<String, String> details) {
        note(new AuditEvent(type, clock.millis(), caller, actor(security), details));
    }

    /** Notes an event. */
    public void note(AuditEvent event) {
        trail.note(event);
    }

    /**
     * Notes a sign-in: of each administrator the first within an hour, since with HTTP Basic every request is one. The
     * console's own are noted where they happen.
     */
    public void signedIn(SecurityContext security) {
        if (SecurityContext.FORM_AUTH.equals(security.getAuthenticationScheme())) {
            return;
        }
        String actor = actor(security);
        long now = clock.millis();
        if (isFirstWithinTheHour(actor, now)) {
            String how = security.getAuthenticationScheme();
            note(new AuditEvent(
                    AuditEvent.Type.ADMIN_SIGN_IN,
                    now,
                    null,
                    actor,
                    how == null ? Map.of() : Map.of("authentication", how)));
        }
    }

    private boolean isFirstWithinTheHour(String actor, long now) {
        synchronized (signIns) {
            Long last = signIns.get(actor);
            if (last != null && now - last < HOUR_MILLIS) {
                return false;
            }
            signIns.remove(actor);
            signIns.put(actor, now);
            if (signIns.size() > MOST_ADMINISTRATORS) {
                Iterator<String> oldest = signIns.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
            return true;
        }
    }
}

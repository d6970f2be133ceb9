package dev.tollgate.rest.admin;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.AuditSink;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A writer of audit events for what administrators do, with their name. Thread-safe. */
@ApplicationScoped
public class AdminAuditor {

    private final AuditSink audit;
    private final Clock clock;

    /** For the container's proxy. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected AdminAuditor() {
        this(null, null);
    }

    /** In the given trail. */
    @Inject
    public AdminAuditor(AuditSink audit) {
        this(audit, Clock.systemUTC());
    }

    AdminAuditor(AuditSink audit, Clock clock) {
        this.audit = audit;
        this.clock = clock;
    }

    /** Returns the present, milliseconds since the epoch. */
    public long nowMillis() {
        return clock.millis();
    }

    /** Returns who asks. */
    public String actor(SecurityContext security) {
        Principal principal = security.getUserPrincipal();
        return principal == null ? "unknown" : principal.getName();
    }

    /** Notes that the administrator who asks did something; {@code caller} is null if it concerns no caller. */
    public void record(
            SecurityContext security, AuditEvent.Type type, @Nullable String caller, Map<String, String> details) {
        note(new AuditEvent(type, clock.millis(), caller, actor(security), details));
    }

    /** Notes an event. */
    public void note(AuditEvent event) {
        audit.note(event);
    }
}

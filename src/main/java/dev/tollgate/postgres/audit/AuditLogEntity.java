package dev.tollgate.postgres.audit;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.AuditLog;
import dev.tollgate.postgres.support.DetailsJson;
import dev.tollgate.postgres.support.JsonTextConverter;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of {@code audit_logs}, for reading; {@link JpaAuditSink} writes rows in batches. */
@Entity
@Table(name = "audit_logs")
public class AuditLogEntity {

    @Id
    private Long id;

    private Instant at;

    @Enumerated(EnumType.STRING)
    private AuditEvent.Type type;

    private @Nullable String caller;

    private String actor;

    @Convert(converter = JsonTextConverter.class)
    private String details;

    /** Creates an empty row, for JPA. */
    protected AuditLogEntity() {}

    AuditLog.Row row() {
        return new AuditLog.Row(id, at, type, caller, actor, DetailsJson.read(details));
    }
}

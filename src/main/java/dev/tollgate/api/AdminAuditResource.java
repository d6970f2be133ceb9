package dev.tollgate.api;

import dev.tollgate.audit.AuditEvent;
import dev.tollgate.audit.AuditLog;
import dev.tollgate.page.Page;
import dev.tollgate.page.PageRequest;
import io.swagger.v3.oas.annotations.Parameter;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;

/** The audit trail, for administrators. */
@Path("api/v1/admin/audit")
@Produces(MediaType.APPLICATION_JSON)
@AdminOnly
@Dependent
public class AdminAuditResource {

    private final AuditLog log;

    /** Over the given log. */
    @Inject
    public AdminAuditResource(AuditLog log) {
        this.log = log;
    }

    /** Rows, newest first; {@code caller}, {@code type}, {@code from} (inclusive) and {@code to} (exclusive) narrow. */
    @GET
    @Parameter(ref = "caller")
    @Parameter(ref = "type")
    @Parameter(ref = "from")
    @Parameter(ref = "to")
    @Parameter(ref = "page")
    @Parameter(ref = "size")
    @Parameter(ref = "q")
    public Page<AuditLog.Row> list(@Context UriInfo uri) {
        Parameters query = Parameters.of(uri);
        AuditLog.Filter filter = new AuditLog.Filter(
                query.text("caller", 200),
                query.oneOf("type", AuditEvent.Type.class),
                query.instant("from"),
                query.instant("to"));
        PageRequest page = query.page();
        query.end();
        return log.page(filter, page);
    }
}

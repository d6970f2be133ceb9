package dev.tollgate.rest.admin;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.ledger.QuarantineRetry;
import dev.tollgate.core.ledger.SettlementTrigger;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.core.usage.PendingUnavailableException;
import dev.tollgate.rest.support.JsonObjectReader;
import dev.tollgate.rest.support.ProblemException;
import dev.tollgate.rest.support.QueryParameters;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.util.Map;

/**
 * Actions on the settlement, for administrators: run it, and retry quarantined usage. Its path is that of
 * {@link AdminLedgerResource}: a longer one would hide the paths below that one.
 */
@Path("api/v1/admin")
@Produces(MediaType.APPLICATION_JSON)
@AdminOnly
@Dependent
public class AdminSettlementResource {

    private static final System.Logger LOG = System.getLogger(AdminSettlementResource.class.getName());
    private static final long RETRY_SECONDS = 5;

    private final SettlementTrigger settlement;
    private final QuarantineRetry retry;
    private final AdminAuditor record;

    /** Makes the resource from its ports. */
    @Inject
    public AdminSettlementResource(SettlementTrigger settlement, QuarantineRetry retry, AdminAuditor record) {
        this.settlement = settlement;
        this.retry = retry;
        this.record = record;
    }

    /** Settles what is pending, now, and answers when it is done; {@code ran} is false where a run is under way already. */
    @POST
    @Path("settlement/run")
    @RequestBody(ref = "Nothing")
    public SettlementTrigger.Result run(@Context UriInfo uri, @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        JsonObjectReader.read(request).end();
        try {
            return settlement.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a settlement that was asked for failed: {0}", e.toString());
            throw new ProblemException(Problems.unavailable(
                    "SETTLEMENT_FAILED",
                    "The settlement could not reach Redis or PostgreSQL. Nothing is lost: Tollgate tries again every few"
                            + " seconds and goes on where it stopped.",
                    RETRY_SECONDS));
        }
    }

    /** Gives quarantined usage back to Redis, for the next settlement. */
    @POST
    @Path("settlement/set-aside/{batchId: [0-9]{1,18}}/{keyId}/retry")
    @RequestBody(ref = "Nothing")
    @ApiResponse(responseCode = "204", description = "Done.")
    public Response retry(
            @PathParam("batchId") long batchId,
            @PathParam("keyId") String keyId,
            @Context UriInfo uri,
            @Context SecurityContext security,
            @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        JsonObjectReader.read(request).end();
        QuarantineRetry.Outcome outcome;
        try {
            outcome = retry.retry(batchId, keyId);
        } catch (PendingUnavailableException e) {
            throw new ProblemException(Problems.unavailable(
                    "REDIS_UNAVAILABLE", "Redis did not take the usage back. Try again: nothing counts twice.", 1));
        }
        return switch (outcome) {
            case GIVEN_BACK -> {
                record.record(
                        security,
                        AuditEvent.Type.SET_ASIDE_RETRIED,
                        null,
                        Map.of("batchId", Long.toString(batchId), "keyId", keyId));
                yield Response.noContent().build();
            }
            case UNKNOWN ->
                throw new ProblemException(
                        Problems.notFound("There is no such quarantined usage, or it was given back before."));
            case NO_SUCH_KEY ->
                throw new ProblemException(Problems.conflict(
                        "The key was deleted, so its usage cannot be settled. The table set_aside_usage keeps it."));
            case NOT_COUNTS ->
                throw new ProblemException(
                        Problems.conflict("These counts cannot be settled. The table set_aside_usage has them."));
        };
    }
}

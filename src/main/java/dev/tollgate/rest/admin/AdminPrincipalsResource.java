package dev.tollgate.rest.admin;

import dev.tollgate.core.account.Account;
import dev.tollgate.core.account.Accounts;
import dev.tollgate.core.account.ChangePublisher;
import dev.tollgate.core.account.PrincipalName;
import dev.tollgate.core.account.Principals;
import dev.tollgate.core.account.Principals.Linked;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.rest.support.JsonObjectReader;
import dev.tollgate.rest.support.ProblemException;
import dev.tollgate.rest.support.QueryParameters;
import dev.tollgate.rest.support.Responses;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
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
import java.util.List;
import java.util.Map;

/** The principals of an account, for administrators: callers without a key whom the container or a proxy names. */
@Path("api/v1/admin/accounts/{id}/principals")
@Produces(MediaType.APPLICATION_JSON)
@AdminOnly
@Dependent
public class AdminPrincipalsResource {

    private final Accounts accounts;
    private final Principals principals;
    private final ChangePublisher changes;
    private final AdminAuditor record;

    /** The first 1,000 principals of an account, by name. */
    public record PrincipalsView(List<Linked> items) {}

    /** Makes the resource from its ports. */
    @Inject
    public AdminPrincipalsResource(
            Accounts accounts, Principals principals, ChangePublisher changes, AdminAuditor record) {
        this.accounts = accounts;
        this.principals = principals;
        this.changes = changes;
        this.record = record;
    }

    /** Lists them. */
    @GET
    public PrincipalsView list(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters.none(uri);
        return new PrincipalsView(principals.of(account(id).id()));
    }

    /** Links a principal to the account. One that belongs to an account already is 409. */
    @POST
    @RequestBody(ref = "NewPrincipal")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = Linked.class)))
    public Response link(
            @PathParam("id") String id,
            @Context UriInfo uri,
            @Context SecurityContext security,
            @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        JsonObjectReader members = JsonObjectReader.read(request);
        PrincipalName name = new PrincipalName(members.text("name", PrincipalName.MAX));
        members.end();
        Account account = account(id);
        if (account.closedAt() != null) {
            throw new ProblemException(Problems.conflict("The account is closed."));
        }
        Linked linked = principals
                .link(account.id(), name)
                .orElseThrow(() -> new ProblemException(
                        Problems.conflict("This principal belongs to an account already. Take it from there first.")));
        record.record(security, AuditEvent.Type.PRINCIPAL_LINKED, account.id(), Map.of("principal", linked.id()));
        changes.keyChanged(name.hash());
        return Responses.created(uri, linked.id(), linked);
    }

    /** Takes a principal from the account. Its usage stays. */
    @DELETE
    @Path("{principal}")
    @ApiResponse(responseCode = "204", description = "The principal is its address again.")
    public Response unlink(
            @PathParam("id") String id,
            @PathParam("principal") String principal,
            @Context UriInfo uri,
            @Context SecurityContext security) {
        QueryParameters.none(uri);
        String account = account(id).id();
        PrincipalName name = principals
                .unlink(account, principal)
                .orElseThrow(
                        () -> new ProblemException(Problems.notFound("The account has no principal with this id.")));
        record.record(security, AuditEvent.Type.PRINCIPAL_UNLINKED, account, Map.of("principal", principal));
        changes.keyChanged(name.hash());
        return Response.noContent().build();
    }

    private Account account(String id) {
        return accounts.find(id).orElseThrow(AdminAccountsResource::unknown);
    }
}

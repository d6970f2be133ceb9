package dev.tollgate.rest.admin;

import dev.tollgate.core.account.Account;
import dev.tollgate.core.account.Accounts;
import dev.tollgate.core.account.ChangePublisher;
import dev.tollgate.core.account.Tiers;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.rest.support.JsonObjectReader;
import dev.tollgate.rest.support.ProblemException;
import dev.tollgate.rest.support.QueryParameters;
import dev.tollgate.rest.support.Responses;
import dev.tollgate.rest.support.TextValidation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
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
import java.util.Optional;

/** The accounts, for administrators: list, create, change and reset. */
@Path("api/v1/admin/accounts")
@Produces(MediaType.APPLICATION_JSON)
@AdminOnly
@Dependent
public class AdminAccountsResource {

    private final Accounts accounts;
    private final Tiers tiers;
    private final ChangePublisher changes;
    private final AdminAuditor record;
    private final LimitResets resets;

    /** Makes the resource from its ports. */
    @Inject
    public AdminAccountsResource(
            Accounts accounts, Tiers tiers, ChangePublisher changes, AdminAuditor record, LimitResets resets) {
        this.accounts = accounts;
        this.tiers = tiers;
        this.changes = changes;
        this.record = record;
        this.resets = resets;
    }

    /** Lists the open accounts, newest first or by {@code sort}; {@code q} is searched in names, and an id is found whole. */
    @GET
    @Parameter(ref = "page")
    @Parameter(ref = "size")
    @Parameter(ref = "q")
    @Parameter(ref = "sortAccounts")
    public Page<Account> list(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        PageRequest page = query.page(Accounts.COLUMNS);
        query.end();
        return accounts.page(page);
    }

    /** One account. */
    @GET
    @Path("{id}")
    public Account get(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters.none(uri);
        return accounts.find(id).orElseThrow(AdminAccountsResource::unknown);
    }

    /** Makes an account. */
    @POST
    @RequestBody(ref = "NewAccount")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = Account.class)))
    public Response create(
            @Context UriInfo uri, @Context SecurityContext security, @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        JsonObjectReader members = JsonObjectReader.read(request);
        String name = members.text("name", Accounts.MAX_NAME);
        String tier = knownTier(members.text("tier", 50));
        members.end();
        Account account = accounts.create(name, tier);
        record.record(security, AuditEvent.Type.ACCOUNT_CREATED, account.id(), Map.of("name", name, "tier", tier));
        changes.accountChanged(account.id());
        return Responses.created(uri, account.id(), account);
    }

    /** Renames an account, or gives it another tier, or both. */
    @PATCH
    @Path("{id}")
    @RequestBody(ref = "AccountChange")
    public Account change(
            @PathParam("id") String id,
            @Context UriInfo uri,
            @Context SecurityContext security,
            @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        JsonObjectReader members = JsonObjectReader.read(request);
        Optional<String> name = members.optionalText("name", Accounts.MAX_NAME);
        Optional<String> tier = members.optionalText("tier", 50).map(this::knownTier);
        members.end();
        Accounts.Change change = accounts.change(id, name, tier).orElseThrow(AdminAccountsResource::unknown);
        Account before = change.before();
        Account after = change.after();
        if (after.closedAt() != null) {
            throw new ProblemException(Problems.conflict("The account is closed. Make a new one."));
        }
        if (!after.name().equals(before.name())) {
            record.record(
                    security,
                    AuditEvent.Type.ACCOUNT_CHANGED,
                    after.id(),
                    Map.of("nameFrom", before.name(), "nameTo", after.name()));
        }
        if (!after.tier().equals(before.tier())) {
            record.record(
                    security,
                    AuditEvent.Type.TIER_CHANGED,
                    after.id(),
                    Map.of("tierFrom", before.tier(), "tierTo", after.tier()));
        }
        changes.accountChanged(after.id());
        return after;
    }

    /**
     * Closes an account for good: its keys are revoked, and lists leave it out. Its usage stays; {@code usage=delete} deletes
     * that too, also of an account that was closed before.
     */
    @DELETE
    @Path("{id}")
    @Parameter(ref = "usage")
    @ApiResponse(responseCode = "204", description = "Done.")
    public Response close(@PathParam("id") String id, @Context UriInfo uri, @Context SecurityContext security) {
        QueryParameters query = QueryParameters.of(uri);
        Accounts.Usage usage = query.parsed(
                        "usage",
                        text -> text.equals("delete") ? Optional.of(Accounts.Usage.DELETE) : Optional.empty(),
                        "must be delete, or left out to keep the usage")
                .orElse(Accounts.Usage.KEEP);
        query.end();
        Accounts.Closing closing = accounts.close(id, usage).orElseThrow(AdminAccountsResource::unknown);
        if (closing.done() || usage == Accounts.Usage.DELETE) {
            record.record(
                    security,
                    AuditEvent.Type.ACCOUNT_CLOSED,
                    closing.account().id(),
                    Map.of(
                            "name",
                            closing.account().name(),
                            "usage",
                            usage == Accounts.Usage.DELETE ? "deleted" : "kept"));
        }
        changes.accountChanged(closing.account().id());
        closing.hashes().forEach(changes::keyChanged);
        return Response.noContent().build();
    }

    /**
     * Empties the windows of an account, or its month, or both. In force at once. What was recorded for analytics stays.
     */
    @POST
    @Path("{id}/reset")
    @RequestBody(ref = "Reset")
    @ApiResponse(responseCode = "204", description = "Done.")
    public Response reset(
            @PathParam("id") String id,
            @Context UriInfo uri,
            @Context SecurityContext security,
            @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        LimitResets.Asked asked = LimitResets.read(JsonObjectReader.read(request));
        Account account = accounts.find(id).orElseThrow(AdminAccountsResource::unknown);
        Map<String, String> details = resets.reset(Caller.account(account.id()), asked, record.nowMillis());
        record.record(security, AuditEvent.Type.LIMITS_RESET, account.id(), details);
        return Response.noContent().build();
    }

    private String knownTier(String tier) {
        if (tiers.find(tier).isEmpty()) {
            throw TextValidation.bad("tier", "must be the name of a tier there is");
        }
        return tier;
    }

    /** Returns the refusal of an id that no account has. */
    static ProblemException unknown() {
        return new ProblemException(Problems.notFound("There is no account with this id."));
    }
}

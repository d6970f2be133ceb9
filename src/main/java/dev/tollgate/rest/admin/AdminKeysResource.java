package dev.tollgate.rest.admin;

import dev.tollgate.core.account.Accounts;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyFormat;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.ApiKeys;
import dev.tollgate.core.account.ChangePublisher;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.Tier;
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
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The API keys, for administrators: list, create, change, rotate and revoke. */
@Path("api/v1/admin/keys")
@Produces(MediaType.APPLICATION_JSON)
@AdminOnly
@Dependent
public class AdminKeysResource {

    private final ApiKeys keys;
    private final ApiKeyFormat format;
    private final Accounts accounts;
    private final ChangePublisher changes;
    private final AdminAuditor record;

    /**
     * A key with its secret: the one answer that shows it.
     *
     * @param id a UUID
     * @param key the secret
     * @param prefix its first characters, to tell keys apart
     * @param accountId the account it belongs to
     * @param name what people call it
     * @param active always true
     * @param createdAt when it was made
     * @param expiresAt when it stops being valid; null for never
     * @param windowLimit a window of the key's own in requests per 60 s; null for none
     * @param postUsage whether usage may be posted with it; null if that is as {@code tollgate.usage.post} says
     */
    public record KeyWithSecret(
            String id,
            String key,
            String prefix,
            String accountId,
            String name,
            boolean active,
            Instant createdAt,
            @Nullable Instant expiresAt,
            OptionalLong windowLimit,
            @Nullable Boolean postUsage) {

        static KeyWithSecret of(ApiKey key, ApiKeyToken token) {
            return new KeyWithSecret(
                    key.id(),
                    token.reveal(),
                    key.prefix(),
                    key.accountId(),
                    key.name(),
                    key.active(),
                    key.createdAt(),
                    key.expiresAt(),
                    key.windowLimit(),
                    key.postUsage());
        }

        /** Says nothing of the secret, so that a log line cannot leak it. */
        @Override
        public String toString() {
            return "KeyWithSecret[" + id + ", " + prefix + "…]";
        }
    }

    /** Makes the resource from its ports. */
    @Inject
    public AdminKeysResource(
            ApiKeys keys, ApiKeyFormat format, Accounts accounts, ChangePublisher changes, AdminAuditor record) {
        this.keys = keys;
        this.format = format;
        this.accounts = accounts;
        this.changes = changes;
        this.record = record;
    }

    /** Lists the API keys, newest first; {@code q} is searched in names and prefixes, also former ones, and an id is found whole. */
    @GET
    @Parameter(ref = "accountId")
    @Parameter(ref = "page")
    @Parameter(ref = "size")
    @Parameter(ref = "q")
    public Page<ApiKey> list(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        Optional<String> accountId = query.text("accountId", 100);
        PageRequest page = query.page();
        query.end();
        return keys.page(accountId, page);
    }

    /** One API key. */
    @GET
    @Path("{id}")
    public ApiKey get(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters.none(uri);
        return keys.find(id).orElseThrow(AdminKeysResource::unknown);
    }

    /** Makes an API key. The answer shows its secret, and no other ever will. */
    @POST
    @RequestBody(ref = "NewKey")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = KeyWithSecret.class)))
    public Response create(
            @Context UriInfo uri, @Context SecurityContext security, @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        JsonObjectReader members = JsonObjectReader.read(request);
        String accountId = members.text("accountId", 100);
        String name = members.text("name", ApiKeys.MAX_NAME);
        Instant expiresAt = members.instant("expiresAt");
        OptionalLong windowLimit = members.number("windowLimit", Tier.MAX_LIMIT);
        Boolean postUsage = members.flagOrNull("postUsage");
        members.end();
        if (expiresAt != null && expiresAt.toEpochMilli() <= record.nowMillis()) {
            throw TextValidation.bad("expiresAt", "must be in the future");
        }
        accountId = accounts.find(accountId)
                .orElseThrow(() -> TextValidation.bad("accountId", "must be the id of an account there is"))
                .id();
        ApiKeyToken token = format.generate();
        ApiKey key = keys.create(accountId, name, token, expiresAt, windowLimit, postUsage);
        did(security, AuditEvent.Type.KEY_CREATED, key);
        changes.keyChanged(token.hash());
        return Responses.created(uri, key.id(), KeyWithSecret.of(key, token));
    }

    /** Says whether usage may be posted with an API key; null leaves that to {@code tollgate.usage.post}. */
    @PATCH
    @Path("{id}")
    @RequestBody(ref = "KeyChange")
    public ApiKey change(
            @PathParam("id") String id,
            @Context UriInfo uri,
            @Context SecurityContext security,
            @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        JsonObjectReader members = JsonObjectReader.read(request);
        if (!members.has("postUsage")) {
            throw TextValidation.bad("postUsage", "is missing; give true, false or null");
        }
        Boolean postUsage = members.flagOrNull("postUsage");
        members.end();
        ApiKeys.Edit edit = keys.permitPosting(id, postUsage).orElseThrow(AdminKeysResource::unknown);
        if (!edit.key().active()) {
            throw new ProblemException(Problems.conflict("The key was revoked. Make a new one."));
        }
        if (edit.done()) {
            Map<String, String> details = new HashMap<>(details(edit.key()));
            details.put("postUsage", String.valueOf(postUsage));
            record.record(security, AuditEvent.Type.KEY_CHANGED, edit.key().accountId(), details);
        }
        // Published again for a key that was so before: the node that changed it may have died before it did.
        changes.keyChanged(edit.hash());
        return edit.key();
    }

    /** Revokes an API key for good. */
    @DELETE
    @Path("{id}")
    @ApiResponse(responseCode = "204", description = "Done.")
    public Response revoke(@PathParam("id") String id, @Context UriInfo uri, @Context SecurityContext security) {
        QueryParameters.none(uri);
        ApiKeys.Edit edit = keys.revoke(id).orElseThrow(AdminKeysResource::unknown);
        if (edit.done()) {
            did(security, AuditEvent.Type.KEY_REVOKED, edit.key());
        }
        // Published again for a key revoked before: the node that revoked it may have died before it did.
        changes.keyChanged(edit.hash());
        return Response.noContent().build();
    }

    /** Gives an active API key a new secret; the old one is good no more. */
    @POST
    @Path("{id}/rotate")
    @RequestBody(ref = "Nothing")
    public KeyWithSecret rotate(
            @PathParam("id") String id,
            @Context UriInfo uri,
            @Context SecurityContext security,
            @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        JsonObjectReader.read(request).end();
        ApiKeyToken token = format.generate();
        ApiKeys.Edit edit = keys.rotate(id, token).orElseThrow(AdminKeysResource::unknown);
        if (!edit.done()) {
            throw new ProblemException(Problems.conflict("The key was revoked. Make a new one."));
        }
        did(security, AuditEvent.Type.KEY_ROTATED, edit.key());
        changes.keyChanged(edit.hash());
        changes.keyChanged(token.hash());
        return KeyWithSecret.of(edit.key(), token);
    }

    private void did(SecurityContext security, AuditEvent.Type type, ApiKey key) {
        record.record(security, type, key.accountId(), details(key));
    }

    private static Map<String, String> details(ApiKey key) {
        return Map.of("keyId", key.id(), "name", key.name(), "prefix", key.prefix());
    }

    private static ProblemException unknown() {
        return new ProblemException(Problems.notFound("There is no key with this id."));
    }
}

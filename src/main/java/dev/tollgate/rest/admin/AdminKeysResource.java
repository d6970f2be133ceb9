package dev.tollgate.rest.admin;

import dev.tollgate.core.account.AddressParser;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyFormat;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.ApiKeys;
import dev.tollgate.core.account.ApiKeys.NewKey;
import dev.tollgate.core.account.ApiKeys.NotCreatedException;
import dev.tollgate.core.account.ChangePublisher;
import dev.tollgate.core.account.KeyDetails;
import dev.tollgate.core.account.KeySettings;
import dev.tollgate.core.audit.AuditEvent;
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
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
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

    /** The longest body that sets something of a key: networks take space. */
    private static final int MAX_BYTES = 256 * 1024;

    private final ApiKeys keys;
    private final ApiKeyFormat format;
    private final AddressParser networks;
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
     * @param note what administrators want to remember of it; null for nothing
     * @param scopes what it may do on routes that ask for scopes
     * @param addresses the networks that it may be used from; empty for any
     * @param oldSecretUntil until when the secret goes on that this one replaces; null if there is none that does
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
            @Nullable Boolean postUsage,
            @Nullable String note,
            List<String> scopes,
            List<String> addresses,
            @Nullable Instant oldSecretUntil) {

        static KeyWithSecret of(KeyDetails details, ApiKeyToken token, @Nullable Instant oldSecretUntil) {
            ApiKey key = details.key();
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
                    key.postUsage(),
                    details.note(),
                    key.access().scopes().names(),
                    key.access().addresses(),
                    oldSecretUntil);
        }

        /** Says nothing of the secret, so that a log line cannot leak it. */
        @Override
        public String toString() {
            return "KeyWithSecret[" + id + ", " + prefix + "…]";
        }
    }

    /**
     * The keys of an import.
     *
     * @param imported how many
     * @param passedOver how many have a prefix that begins with none of {@code tollgate.keys.prefixes}: their secrets are
     *     not looked up until that setting names what they begin with
     * @param keys the keys in the order of the request
     */
    public record Imported(int imported, int passedOver, List<KeyView> keys) {}

    /** Makes the resource from its ports. */
    @Inject
    public AdminKeysResource(
            ApiKeys keys, ApiKeyFormat format, AddressParser networks, ChangePublisher changes, AdminAuditor record) {
        this.keys = keys;
        this.format = format;
        this.networks = networks;
        this.changes = changes;
        this.record = record;
    }

    /**
     * Lists the API keys, newest first or by {@code sort}; {@code q} is searched in names and prefixes, also former ones, and
     * an id is found whole.
     */
    @GET
    @Parameter(ref = "accountId")
    @Parameter(ref = "page")
    @Parameter(ref = "size")
    @Parameter(ref = "q")
    @Parameter(ref = "sortKeys")
    public Page<KeyView> list(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        Optional<String> accountId = query.text("accountId", 100);
        PageRequest page = query.page(ApiKeys.COLUMNS);
        query.end();
        return keys.page(accountId, page).map(KeyView::of);
    }

    /** One API key. */
    @GET
    @Path("{id}")
    public KeyView get(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters.none(uri);
        return KeyView.of(keys.find(id).orElseThrow(AdminKeysResource::unknown));
    }

    /** Makes an API key. The answer shows its secret, and no other ever will. */
    @POST
    @RequestBody(ref = "NewKey")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = KeyWithSecret.class)))
    public Response create(
            @Context UriInfo uri, @Context SecurityContext security, @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        JsonObjectReader members = JsonObjectReader.read(request, MAX_BYTES);
        String accountId = members.text("accountId", 100);
        String name = members.text("name", ApiKeys.MAX_NAME);
        KeySettings settings = members(members).applyTo(KeySettings.named(name));
        ApiKeyToken token = format.generate();
        KeyDetails key = create(NewKey.of(accountId, token, settings));
        did(security, AuditEvent.Type.KEY_CREATED, key.key());
        changes.keyChanged(token.hash());
        return Responses.created(uri, key.key().id(), KeyWithSecret.of(key, token, null));
    }

    private KeyDetails create(NewKey key) {
        try {
            return keys.create(List.of(key)).get(0);
        } catch (NotCreatedException e) {
            throw TextValidation.bad("accountId", "must be the id of an open account");
        }
    }

    /** Reads what sets something of a key, and refuses all other members. */
    private KeyMembers members(JsonObjectReader members) {
        KeyMembers read = new KeyMembers(members, networks, record.nowMillis());
        members.end();
        return read;
    }

    /**
     * Imports API keys whose secrets clients have already, 1,000 at most, by the SHA-256 of the secrets. All of them or, if one
     * is bad or known, none.
     */
    @POST
    @Path("import")
    @RequestBody(ref = "KeyImport")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = Imported.class)))
    public Response importKeys(
            @Context UriInfo uri, @Context SecurityContext security, @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        List<NewKey> given = KeyImport.read(request, networks, record.nowMillis());
        List<KeyDetails> made;
        try {
            made = keys.create(given);
        } catch (NotCreatedException e) {
            throw KeyImport.refusal(given, e);
        }
        for (KeyDetails key : made) {
            Map<String, String> details = new HashMap<>(details(key.key()));
            details.put("imported", "true");
            record.record(security, AuditEvent.Type.KEY_CREATED, key.key().accountId(), details);
        }
        changes.keysAdded();
        int passedOver =
                (int) given.stream().filter(key -> !format.isOurs(key.prefix())).count();
        String path = uri.getRequestUri().getRawPath();
        return Response.status(Response.Status.CREATED)
                .header("Location", path.substring(0, path.lastIndexOf("/import")))
                .entity(new Imported(
                        made.size(), passedOver, made.stream().map(KeyView::of).toList()))
                .build();
    }

    /** Changes an API key: what is absent stays, and null takes away. {@code suspended} refuses it until it is false again. */
    @PATCH
    @Path("{id}")
    @RequestBody(ref = "KeyChange")
    public KeyView change(
            @PathParam("id") String id,
            @Context UriInfo uri,
            @Context SecurityContext security,
            @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        KeyMembers members = members(JsonObjectReader.read(request, MAX_BYTES));
        if (members.hasName() && isPrincipal(id)) {
            throw TextValidation.bad(
                    "name", "cannot be changed: it is what the server or the proxy calls the principal");
        }
        ApiKeys.Edit edit = keys.change(id, members::applyTo).orElseThrow(AdminKeysResource::unknown);
        refuseRevoked(edit);
        if (edit.done()) {
            Map<String, String> details = new HashMap<>(details(edit.key().key()));
            details.putAll(
                    KeyMembers.differences(edit.before().settings(), edit.key().settings()));
            record.record(
                    security, AuditEvent.Type.KEY_CHANGED, edit.key().key().accountId(), details);
        }
        // Published again for a key that was so before: the node that changed it may have died before it did.
        edit.hashes().forEach(changes::keyChanged);
        return KeyView.of(edit.key());
    }

    /** Revokes an API key for good. */
    @DELETE
    @Path("{id}")
    @ApiResponse(responseCode = "204", description = "Done.")
    public Response revoke(@PathParam("id") String id, @Context UriInfo uri, @Context SecurityContext security) {
        QueryParameters.none(uri);
        ApiKeys.Edit edit = keys.revoke(id).orElseThrow(AdminKeysResource::unknown);
        if (edit.done()) {
            did(security, AuditEvent.Type.KEY_REVOKED, edit.key().key());
        }
        // Published again for a key revoked before: the node that revoked it may have died before it did.
        edit.hashes().forEach(changes::keyChanged);
        return Response.noContent().build();
    }

    /** Gives an active API key a new secret. The old one goes on for {@code overlapSeconds}, which are none by default. */
    @POST
    @Path("{id}/rotate")
    @RequestBody(ref = "KeyRotation")
    public KeyWithSecret rotate(
            @PathParam("id") String id,
            @Context UriInfo uri,
            @Context SecurityContext security,
            @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        JsonObjectReader members = JsonObjectReader.read(request);
        Duration overlap = Duration.ofSeconds(members.number("overlapSeconds", ApiKeys.MAX_OVERLAP.toSeconds())
                .orElse(0));
        members.end();
        ApiKeyToken token = format.generate();
        ApiKeys.Edit edit = keys.rotate(id, token, overlap).orElseThrow(AdminKeysResource::unknown);
        refuseRevoked(edit);
        if (edit.before().kind() == KeyDetails.Kind.PRINCIPAL) {
            throw new ProblemException(Problems.conflict("This is a principal, which has no secret to rotate."));
        }
        if (!edit.done()) {
            throw new ProblemException(Problems.conflict("The key is suspended. Set suspended to false first."));
        }
        Map<String, String> details = new HashMap<>(details(edit.key().key()));
        Instant oldSecretUntil = overlap.isZero()
                ? null
                : Instant.ofEpochMilli(record.nowMillis()).plus(overlap);
        if (oldSecretUntil != null) {
            details.put("oldSecretUntil", oldSecretUntil.toString());
        }
        record.record(security, AuditEvent.Type.KEY_ROTATED, edit.key().key().accountId(), details);
        edit.hashes().forEach(changes::keyChanged);
        changes.keyChanged(token.hash());
        return KeyWithSecret.of(edit.key(), token, oldSecretUntil);
    }

    private static void refuseRevoked(ApiKeys.Edit edit) {
        if (edit.before().state() == KeyDetails.State.REVOKED) {
            throw new ProblemException(Problems.conflict("The key was revoked. Make a new one."));
        }
    }

    private void did(SecurityContext security, AuditEvent.Type type, ApiKey key) {
        record.record(security, type, key.accountId(), details(key));
    }

    private static Map<String, String> details(ApiKey key) {
        return Map.of("keyId", key.id(), "name", key.name(), "prefix", key.prefix());
    }

    private boolean isPrincipal(String id) {
        return keys.find(id)
                .filter(key -> key.kind() == KeyDetails.Kind.PRINCIPAL)
                .isPresent();
    }

    private static ProblemException unknown() {
        return new ProblemException(Problems.notFound("There is no key with this id."));
    }
}

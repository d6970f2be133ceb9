package dev.tollgate.rest.admin;

import dev.tollgate.core.account.ChangePublisher;
import dev.tollgate.core.account.Tiers;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.core.traffic.PeakStore;
import dev.tollgate.core.traffic.PeakStore.Preview;
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
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The tiers, for administrators: list and set. A limit of null means unlimited. */
@Path("api/v1/admin/tiers")
@Produces(MediaType.APPLICATION_JSON)
@AdminOnly
@Dependent
public class AdminTiersResource {

    private static final int MAX_NAME = 50;
    private static final Duration PREVIEWED = Duration.ofHours(24);

    private final Tiers tiers;
    private final ChangePublisher changes;
    private final AdminAuditor record;
    private final PeakStore peaks;

    /**
     * What limits would mean.
     *
     * @param tier the tier
     * @param windowLimit the number tried; null for unlimited
     * @param monthlyQuota the quota tried; null for unlimited
     * @param since from when on callers were observed
     * @param outcome who would have been limited
     */
    public record PreviewView(
            String tier, OptionalLong windowLimit, OptionalLong monthlyQuota, Instant since, Preview outcome) {}

    /** Makes the resource from its ports. */
    @Inject
    public AdminTiersResource(Tiers tiers, ChangePublisher changes, AdminAuditor record, PeakStore peaks) {
        this.tiers = tiers;
        this.changes = changes;
        this.record = record;
        this.peaks = peaks;
    }

    /** Lists the tiers, by name or by {@code sort}; {@code q} is searched in names. */
    @GET
    @Parameter(ref = "page")
    @Parameter(ref = "size")
    @Parameter(ref = "q")
    @Parameter(ref = "sortTiers")
    public Page<Tier> list(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        PageRequest page = query.page(TierOrder.COLUMNS);
        query.end();
        String q = page.q().toLowerCase(Locale.ROOT);
        List<Tier> found = tiers.all().stream()
                .filter(tier -> tier.name().contains(q))
                .sorted(TierOrder.of(page.sort()))
                .toList();
        List<Tier> items = found.stream().skip(page.offset()).limit(page.size()).toList();
        return Page.of(page, items, found.size());
    }

    /** One tier. */
    @GET
    @Path("{name}")
    public Tier get(@PathParam("name") String name, @Context UriInfo uri) {
        QueryParameters.none(uri);
        return find(name).orElseThrow(() -> new ProblemException(Problems.notFound("There is no tier of this name.")));
    }

    /**
     * What other limits would mean, before they are set: {@code windowLimit} and {@code monthlyQuota}, absent for unlimited.
     * By the peaks of the last 24 hours and the month's use so far, as settled.
     */
    @GET
    @Path("{name}/preview")
    @Parameter(ref = "windowLimit")
    @Parameter(ref = "monthlyQuota")
    public PreviewView preview(@PathParam("name") String name, @Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        OptionalLong windowLimit = limit(query, "windowLimit");
        OptionalLong monthlyQuota = limit(query, "monthlyQuota");
        query.end();
        find(name).orElseThrow(() -> new ProblemException(Problems.notFound("There is no tier of this name.")));
        long now = record.nowMillis();
        Instant since = Instant.ofEpochMilli(now).minus(PREVIEWED);
        return new PreviewView(
                name,
                windowLimit,
                monthlyQuota,
                since,
                peaks.preview(
                        name,
                        windowLimit,
                        monthlyQuota,
                        since,
                        BillingMonth.at(now).toString()));
    }

    private static OptionalLong limit(QueryParameters query, String name) {
        return query.parsed(
                        name,
                        text -> text.matches("[0-9]{1,13}")
                                ? Optional.of(Long.parseLong(text)).filter(n -> n <= Tier.MAX_LIMIT)
                                : Optional.empty(),
                        "must be a whole number from 0 to " + Tier.MAX_LIMIT)
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }

    /** Creates a tier. Null is unlimited. A name that is taken is 409. */
    @POST
    @RequestBody(ref = "NewTier")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = Tier.class)))
    public Response create(
            @Context UriInfo uri, @Context SecurityContext security, @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        JsonObjectReader members = JsonObjectReader.read(request);
        String name = validName(members.text("name", MAX_NAME));
        Tier tier = new Tier(name, limit(members, "windowLimit"), limit(members, "monthlyQuota"));
        members.end();
        if (!create(tier, security)) {
            throw new ProblemException(Problems.conflict(exists(name)));
        }
        return Responses.created(uri, name, tier);
    }

    /**
     * Sets the limits of a tier that exists; null is unlimited. With {@code If-None-Match: *} it creates one instead, and answers
     * 412 if it exists.
     */
    @PUT
    @Path("{name}")
    @RequestBody(ref = "TierLimits")
    @Parameter(ref = "ifNoneMatch")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Tier.class)))
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = Tier.class)))
    public Response put(
            @PathParam("name") String name,
            @Context UriInfo uri,
            @Context SecurityContext security,
            @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        JsonObjectReader members = JsonObjectReader.read(request);
        Tier tier = new Tier(validName(name), limit(members, "windowLimit"), limit(members, "monthlyQuota"));
        members.end();
        if ("*".equals(request.getHeaderString(HttpHeaders.IF_NONE_MATCH))) {
            if (!create(tier, security)) {
                throw new ProblemException(Problems.preconditionFailed(exists(name)));
            }
            return madeAt(uri, tier);
        }
        Tier before = tiers.change(tier)
                .orElseThrow(
                        () -> new ProblemException(Problems.notFound("There is no tier of this name. To create it, use"
                                + " POST /api/v1/admin/tiers, or send If-None-Match: * along.")));
        if (!before.equals(tier)) {
            record.record(security, AuditEvent.Type.TIER_CHANGED, null, details(Optional.of(before), tier));
        }
        changes.tiersChanged();
        return Response.ok(tier).build();
    }

    /** Deletes a tier that no open account has; else 409 says how many have it. */
    @DELETE
    @Path("{name}")
    @ApiResponse(responseCode = "204", description = "Done.")
    public Response delete(@PathParam("name") String name, @Context UriInfo uri, @Context SecurityContext security) {
        QueryParameters.none(uri);
        Tier tier = find(name).orElseThrow(AdminTiersResource::unknown);
        if (name.equals(Tier.ANONYMOUS)) {
            throw new ProblemException(
                    Problems.conflict("Callers without a key have this tier, so it cannot be deleted."));
        }
        OptionalLong accounts = tiers.delete(name);
        if (accounts.orElse(0) > 0) {
            throw new ProblemException(Problems.conflict("The tier is in use by " + accounts.getAsLong()
                    + (accounts.getAsLong() == 1 ? " account. Give it" : " accounts. Give them")
                    + " another tier first."));
        }
        if (accounts.isPresent()) {
            record.record(security, AuditEvent.Type.TIER_DELETED, null, Map.of("tier", tier.name()));
        }
        changes.tiersChanged();
        return Response.noContent().build();
    }

    private boolean create(Tier tier, SecurityContext security) {
        if (!tiers.create(tier)) {
            return false;
        }
        record.record(security, AuditEvent.Type.TIER_CHANGED, null, details(Optional.empty(), tier));
        changes.tiersChanged();
        return true;
    }

    private static String exists(String name) {
        return "There is a tier " + name + " already. To change its limits, use PUT without If-None-Match.";
    }

    private static String validName(String name) {
        if (!Tiers.NAME.matcher(name).matches()) {
            throw TextValidation.bad(
                    "name", "must be 1 to 50 of a-z, 0-9, '-' and '_', and start with a letter or digit");
        }
        return name;
    }

    // A PUT makes the very thing its path names.
    private static Response madeAt(UriInfo uri, Tier tier) {
        return Response.status(Response.Status.CREATED)
                .header("Location", uri.getRequestUri().getRawPath())
                .entity(tier)
                .build();
    }

    // Both must be there, if only as null: a forgotten one must not mean "unlimited".
    private static OptionalLong limit(JsonObjectReader members, String name) {
        if (!members.has(name)) {
            throw TextValidation.bad(name, "is missing; give a number, or null for unlimited");
        }
        return members.number(name, Tier.MAX_LIMIT);
    }

    private Optional<Tier> find(String name) {
        return Tiers.NAME.matcher(name).matches() ? tiers.find(name) : Optional.empty();
    }

    private static ProblemException unknown() {
        return new ProblemException(Problems.notFound("There is no tier of this name."));
    }

    private static Map<String, String> details(Optional<Tier> before, Tier after) {
        Map<String, String> details = new TreeMap<>();
        details.put("tier", after.name());
        details.put("windowLimitTo", shown(after.windowLimit()));
        details.put("monthlyQuotaTo", shown(after.monthlyQuota()));
        before.ifPresent(tier -> {
            details.put("windowLimitFrom", shown(tier.windowLimit()));
            details.put("monthlyQuotaFrom", shown(tier.monthlyQuota()));
        });
        return details;
    }

    private static String shown(OptionalLong limit) {
        return limit.isPresent() ? Long.toString(limit.getAsLong()) : "unlimited";
    }
}

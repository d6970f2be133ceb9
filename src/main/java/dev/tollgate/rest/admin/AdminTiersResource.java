package dev.tollgate.rest.admin;

import dev.tollgate.core.account.ChangePublisher;
import dev.tollgate.core.account.Tiers;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.core.traffic.PeakStore;
import dev.tollgate.core.traffic.PeakStore.Preview;
import dev.tollgate.rest.admin.LimitsReader.WindowView;
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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The tiers, for administrators: list and set. A limit of null means unlimited. */
@Path("api/v1/admin/tiers")
@Produces(MediaType.APPLICATION_JSON)
@AdminOnly
@Dependent
public class AdminTiersResource {

    private static final int MAX_NAME = 50;
    private static final Duration PREVIEWED = Duration.ofHours(24);
    private static final Pattern TRIED = Pattern.compile("[0-9]{1,13}/[0-9]{1,5}(,[0-9]{1,13}/[0-9]{1,5}){0,3}");

    private final Tiers tiers;
    private final ChangePublisher changes;
    private final AdminAuditor record;
    private final PeakStore peaks;

    /**
     * A tier.
     *
     * @param name its name
     * @param windowLimit the limit of its window of 60 seconds; null if it has none
     * @param windows its windows, shortest first; none means that no window limits it
     * @param monthlyQuota cost units per calendar month; null for unlimited
     */
    public record TierView(String name, OptionalLong windowLimit, List<WindowView> windows, OptionalLong monthlyQuota) {

        static TierView of(Tier tier) {
            return new TierView(tier.name(), tier.windowLimit(), WindowView.of(tier.windows()), tier.monthlyQuota());
        }
    }

    /**
     * What limits would mean.
     *
     * @param tier the tier
     * @param windowLimit the number tried for 60 seconds; null for unlimited
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
    public Page<TierView> list(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        PageRequest page = query.page(TierOrder.COLUMNS);
        query.end();
        String q = page.q().toLowerCase(Locale.ROOT);
        List<Tier> found = tiers.all().stream()
                .filter(tier -> tier.name().contains(q))
                .sorted(TierOrder.of(page.sort()))
                .toList();
        List<TierView> items = found.stream()
                .skip(page.offset())
                .limit(page.size())
                .map(TierView::of)
                .toList();
        return Page.of(page, items, found.size());
    }

    /** One tier. */
    @GET
    @Path("{name}")
    public TierView get(@PathParam("name") String name, @Context UriInfo uri) {
        QueryParameters.none(uri);
        return find(name).map(TierView::of).orElseThrow(AdminTiersResource::unknown);
    }

    /**
     * What other limits would mean, before they are set: {@code windowLimit}, or {@code windows} as
     * {@code LIMIT/SECONDS,...}, and {@code monthlyQuota}, absent for unlimited. By the peaks of the last 24 hours and the
     * month's use so far, as settled.
     */
    @GET
    @Path("{name}/preview")
    @Parameter(ref = "windowLimit")
    @Parameter(ref = "windows")
    @Parameter(ref = "monthlyQuota")
    public PreviewView preview(@PathParam("name") String name, @Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        OptionalLong windowLimit = limit(query, "windowLimit");
        List<WindowPolicy> tried = windows(query).orElseGet(() -> Tier.windowsOf(windowLimit));
        if (windowLimit.isPresent()) {
            LimitsReader.checkShortForm(windowLimit, tried);
        }
        OptionalLong monthlyQuota = limit(query, "monthlyQuota");
        query.end();
        find(name).orElseThrow(AdminTiersResource::unknown);
        long now = record.nowMillis();
        Instant since = Instant.ofEpochMilli(now).minus(PREVIEWED);
        return new PreviewView(
                name,
                new Tier(name, tried, monthlyQuota).windowLimit(),
                monthlyQuota,
                since,
                peaks.preview(
                        name, tried, monthlyQuota, since, BillingMonth.at(now).toString()));
    }

    /** The windows tried, each known by its length. */
    private static Optional<List<WindowPolicy>> windows(QueryParameters query) {
        return query.parsed(
                "windows",
                text -> {
                    if (!TRIED.matcher(text).matches()) {
                        return Optional.empty();
                    }
                    try {
                        return Optional.of(Tier.ordered(Arrays.stream(text.split(","))
                                .map(AdminTiersResource::tried)
                                .toList()));
                    } catch (IllegalArgumentException e) {
                        return Optional.empty();
                    }
                },
                "must be one to four LIMIT/SECONDS, separated by commas, each of another length from 1 to 86400 seconds");
    }

    private static WindowPolicy tried(String text) {
        String[] parts = text.split("/");
        long seconds = Long.parseLong(parts[1]);
        boolean minute = seconds * 1_000 == WindowPolicy.MINUTE_MILLIS;
        return WindowPolicy.ofTier(minute ? WindowPolicy.MINUTE : parts[1] + "s", Long.parseLong(parts[0]), seconds);
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
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = TierView.class)))
    public Response create(
            @Context UriInfo uri, @Context SecurityContext security, @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        JsonObjectReader members = JsonObjectReader.read(request);
        String name = validName(members.text("name", MAX_NAME));
        Tier tier = tier(name, members);
        members.end();
        if (!create(tier, security)) {
            throw new ProblemException(Problems.conflict(exists(name)));
        }
        return Responses.created(uri, name, TierView.of(tier));
    }

    /**
     * Sets the limits of a tier that exists; null is unlimited. With {@code If-None-Match: *} it creates one instead, and answers
     * 412 if it exists.
     */
    @PUT
    @Path("{name}")
    @RequestBody(ref = "TierLimits")
    @Parameter(ref = "ifNoneMatch")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = TierView.class)))
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = TierView.class)))
    public Response put(
            @PathParam("name") String name,
            @Context UriInfo uri,
            @Context SecurityContext security,
            @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        JsonObjectReader members = JsonObjectReader.read(request);
        Tier tier = tier(validName(name), members);
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
        return Response.ok(TierView.of(tier)).build();
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
                .entity(TierView.of(tier))
                .build();
    }

    private static Tier tier(String name, JsonObjectReader members) {
        return new Tier(name, LimitsReader.windowsOfTier(members), LimitsReader.limit(members, LimitsReader.QUOTA));
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
        putLimits(details, "To", after);
        before.ifPresent(tier -> putLimits(details, "From", tier));
        return details;
    }

    private static void putLimits(Map<String, String> details, String which, Tier tier) {
        details.put("windowLimit" + which, LimitsReader.shown(tier.windowLimit()));
        details.put("monthlyQuota" + which, LimitsReader.shown(tier.monthlyQuota()));
        if (!tier.windows().equals(Tier.windowsOf(tier.windowLimit()))) {
            details.put("windows" + which, LimitsReader.shown(tier.windows()));
        }
    }
}

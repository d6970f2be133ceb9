package dev.tollgate.rest.admin;

import dev.tollgate.core.account.Account;
import dev.tollgate.core.account.Accounts;
import dev.tollgate.core.account.ChangePublisher;
import dev.tollgate.core.account.LimitOverride;
import dev.tollgate.core.account.LimitOverrides;
import dev.tollgate.core.account.Tiers;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.rest.admin.LimitsReader.WindowView;
import dev.tollgate.rest.support.JsonObjectReader;
import dev.tollgate.rest.support.QueryParameters;
import dev.tollgate.rest.support.TextValidation;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The limits of one account, for administrators: those in force, and an override of its tier's. */
@Path("api/v1/admin/accounts/{id}/limits")
@Produces(MediaType.APPLICATION_JSON)
@AdminOnly
@Dependent
public class AdminLimitsResource {

    private static final int MAX_REASON = 200;

    private final Accounts accounts;
    private final Tiers tiers;
    private final LimitOverrides overrides;
    private final ChangePublisher changes;
    private final AdminAuditor record;

    /**
     * The limits of an account.
     *
     * @param tier its tier
     * @param windows the windows in force, shortest first; none means that no window limits it
     * @param monthlyQuota the quota in force; null for unlimited
     * @param override what the account has instead of its tier's limits; null for nothing, or where it has ended
     */
    public record LimitsView(
            String tier,
            List<WindowView> windows,
            OptionalLong monthlyQuota,
            @Nullable OverrideView override) {}

    /**
     * An override.
     *
     * @param windows the windows that hold instead of the tier's; null where the tier's hold
     * @param ownQuota whether {@code monthlyQuota} holds instead of the tier's
     * @param monthlyQuota the quota; null for unlimited, or where the tier's holds
     * @param until its end; null for none
     * @param reason why
     */
    public record OverrideView(
            @Nullable List<WindowView> windows,
            boolean ownQuota,
            OptionalLong monthlyQuota,
            @Nullable Instant until,
            String reason) {

        static OverrideView of(LimitOverride override) {
            List<WindowPolicy> windows = override.windows();
            OptionalLong quota = override.monthlyQuota();
            return new OverrideView(
                    windows == null ? null : WindowView.of(windows),
                    quota != null,
                    quota == null ? OptionalLong.empty() : quota,
                    override.until(),
                    override.reason());
        }
    }

    /** Makes the resource from its ports. */
    @Inject
    public AdminLimitsResource(
            Accounts accounts, Tiers tiers, LimitOverrides overrides, ChangePublisher changes, AdminAuditor record) {
        this.accounts = accounts;
        this.tiers = tiers;
        this.overrides = overrides;
        this.changes = changes;
        this.record = record;
    }

    /** The limits in force, and what of them is an override. */
    @GET
    public LimitsView get(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters.none(uri);
        Account account = account(id);
        return view(account, overrides.find(account.id()));
    }

    /**
     * Overrides the limits of an account's tier: {@code windows}, {@code monthlyQuota} or both, until {@code until} or until it
     * is deleted. What is absent is the tier's; no windows, or a quota of null, is unlimited.
     */
    @PUT
    @RequestBody(ref = "AccountLimits")
    public LimitsView put(
            @PathParam("id") String id,
            @Context UriInfo uri,
            @Context SecurityContext security,
            @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        LimitOverride override = read(JsonObjectReader.read(request));
        Account account = account(id);
        Optional<LimitOverride> before = overrides.put(account.id(), override);
        if (!before.equals(Optional.of(override))) {
            record.record(
                    security, AuditEvent.Type.LIMITS_CHANGED, account.id(), details(before, Optional.of(override)));
        }
        changes.accountChanged(account.id());
        return view(account, Optional.of(override));
    }

    /** Takes the override away, so that the limits of the tier hold. Without one it changes nothing. */
    @DELETE
    @ApiResponse(responseCode = "204", description = "The limits of the tier hold.")
    public Response delete(@PathParam("id") String id, @Context UriInfo uri, @Context SecurityContext security) {
        QueryParameters.none(uri);
        Account account = account(id);
        Optional<LimitOverride> before = overrides.remove(account.id());
        if (before.isPresent()) {
            record.record(security, AuditEvent.Type.LIMITS_CHANGED, account.id(), details(before, Optional.empty()));
        }
        changes.accountChanged(account.id());
        return Response.noContent().build();
    }

    private LimitOverride read(JsonObjectReader members) {
        List<WindowPolicy> windows = members.has(LimitsReader.WINDOWS) ? LimitsReader.windows(members) : null;
        OptionalLong quota = members.has(LimitsReader.QUOTA) ? LimitsReader.limit(members, LimitsReader.QUOTA) : null;
        Instant until = members.instant("until");
        String reason = members.text("reason", MAX_REASON);
        members.end();
        if (windows == null && quota == null) {
            throw TextValidation.bad(
                    LimitsReader.WINDOWS, "is missing, and monthlyQuota too; give what is to differ from the tier");
        }
        if (until != null && until.toEpochMilli() <= record.nowMillis()) {
            throw TextValidation.bad("until", "must be in the future, or null");
        }
        return new LimitOverride(windows, quota, until, reason);
    }

    private LimitsView view(Account account, Optional<LimitOverride> found) {
        Tier tier = tiers.find(account.tier()).orElseThrow();
        Optional<LimitOverride> override = found.filter(one -> one.isInForce(record.nowMillis()));
        Tier limits = override.map(one -> one.over(tier)).orElse(tier);
        return new LimitsView(
                tier.name(),
                WindowView.of(limits.windows()),
                limits.monthlyQuota(),
                override.map(OverrideView::of).orElse(null));
    }

    private Account account(String id) {
        return accounts.find(id).orElseThrow(AdminAccountsResource::unknown);
    }

    private static Map<String, String> details(Optional<LimitOverride> before, Optional<LimitOverride> after) {
        Map<String, String> details = new TreeMap<>();
        before.ifPresent(override -> put(details, "From", override));
        after.ifPresentOrElse(override -> put(details, "To", override), () -> details.put("windowsTo", "as the tier"));
        after.map(LimitOverride::reason).ifPresent(reason -> details.put("reason", reason));
        return details;
    }

    private static void put(Map<String, String> details, String which, LimitOverride override) {
        List<WindowPolicy> windows = override.windows();
        OptionalLong quota = override.monthlyQuota();
        details.put("windows" + which, windows == null ? "as the tier" : LimitsReader.shown(windows));
        details.put("monthlyQuota" + which, quota == null ? "as the tier" : LimitsReader.shown(quota));
        details.put(
                "until" + which,
                override.until() == null ? "further notice" : override.until().toString());
    }
}

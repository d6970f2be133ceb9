package dev.tollgate.rest.admin;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.account.Account;
import dev.tollgate.core.account.Accounts;
import dev.tollgate.core.account.AddressParser;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyFormat;
import dev.tollgate.core.account.ApiKeys;
import dev.tollgate.core.account.KeyDetails;
import dev.tollgate.core.account.KeyRefusal;
import dev.tollgate.core.account.LimitOverrides;
import dev.tollgate.core.account.Tiers;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.limit.ViolationLog;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.core.problem.Refusal;
import dev.tollgate.gate.Gate;
import dev.tollgate.gate.GateResult;
import dev.tollgate.rest.analytics.LimitsResource;
import dev.tollgate.rest.analytics.LimitsResource.ActiveBan;
import dev.tollgate.rest.analytics.LimitsResource.Policy;
import dev.tollgate.rest.support.CallerParser;
import dev.tollgate.rest.support.JsonObjectReader;
import dev.tollgate.rest.support.ProblemException;
import dev.tollgate.rest.support.QueryParameters;
import dev.tollgate.rest.support.TextValidation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The state of callers, for administrators: who a caller is, its limits, its ban and its violations. */
@Path("api/v1/admin/callers")
@Produces(MediaType.APPLICATION_JSON)
@AdminOnly
@Dependent
public class AdminCallersResource {

    private static final int MAX_FOUND = 10;
    private static final long GATE_SECONDS = 1;

    private final Accounts accounts;
    private final CallerParser callers;
    private final ApiKeys keys;
    private final Tiers tiers;
    private final LimitOverrides overrides;
    private final Gate gate;
    private final ViolationLog violations;
    private final Settings settings;
    private final ApiKeyFormat format;
    private final AdminAuditor record;
    private final LimitResets resets;

    /**
     * Callers that match: each key, and each account once that matches by itself.
     *
     * @param items the first ones
     * @param more whether there are others
     */
    public record Found(List<Match> items, boolean more) {}

    /**
     * A caller that matches.
     *
     * @param caller its id
     * @param name the account's name; the address itself for an address
     * @param by what matched: {@code key tg_abcde}, {@code account} or {@code address}
     * @param key the id of the key that matched; null where none did
     */
    public record Match(
            String caller, String name, String by, @Nullable String key) {}

    /**
     * A caller.
     *
     * @param caller its id
     * @param account the account; null for an address
     * @param tier its tier
     * @param verdict whether its next request passes
     * @param policies where its windows and its month stand; of its keys' own windows that of the key asked about
     * @param ban the ban in force; null for none
     * @param ladder its position on the ban ladder
     */
    public record CallerView(
            String caller,
            @Nullable Account account,
            String tier,
            Verdict verdict,
            List<Policy> policies,
            @Nullable ActiveBan ban,
            LadderView ladder) {}

    /**
     * The gate's own answer to the caller's next request of cost 1 to a route without a window or scopes of its own, which
     * charges nothing.
     *
     * @param passes whether it passes
     * @param code the code of the refusal; null if it passes
     * @param detail what the caller would be told; null if it passes
     * @param policy the policy that refuses; null if none does
     * @param until when the refusal ends by itself; null if it passes, or if that takes an administrator
     */
    public record Verdict(
            boolean passes,
            @Nullable String code,
            @Nullable String detail,
            @Nullable String policy,
            @Nullable Instant until) {

        private static final Verdict PASSES = new Verdict(true, null, null, null, null);

        private static Verdict of(Problem problem, @Nullable String policy, long nowMillis) {
            long seconds = problem.retryAfterSeconds();
            Instant until = seconds > 0 ? Instant.ofEpochMilli(nowMillis).plusSeconds(seconds) : null;
            return new Verdict(false, problem.code(), problem.detail(), policy, until);
        }

        static Verdict of(Decision decision, GateRequest request) {
            return decision.isAdmitted()
                    ? PASSES
                    : of(
                            Refusal.of(decision, request),
                            decision.violated().isEmpty()
                                    ? null
                                    : decision.violated().get(0),
                            decision.atMillis());
        }
    }

    /**
     * A ban ladder and the position of a caller on it.
     *
     * @param violations how many are remembered; 0 once forgotten
     * @param forgottenAt when they are forgotten if no more come; null for none
     * @param steps the ladder's steps, lowest first
     * @param untilNext how many more violations lead to the next ban; null if no step is left
     * @param recent the last violations, newest first
     */
    public record LadderView(
            int violations,
            @Nullable Instant forgottenAt,
            List<StepView> steps,
            @Nullable Integer untilNext,
            List<ViolationView> recent) {}

    /** A step: so many violations lead to a ban of this level. */
    public record StepView(int violations, String level) {}

    /** A violation; {@code count} is how many were remembered with it. */
    public record ViolationView(Instant at, String route, String address, int count) {}

    /** Makes the resource from its ports, one argument each. */
    @Inject
    public AdminCallersResource(
            Accounts accounts,
            ApiKeys keys,
            Tiers tiers,
            LimitOverrides overrides,
            Gate gate,
            ViolationLog violations,
            AddressParser addresses,
            Settings settings,
            AdminAuditor record,
            LimitResets resets) {
        this.accounts = accounts;
        this.callers = new CallerParser(accounts, addresses);
        this.keys = keys;
        this.tiers = tiers;
        this.overrides = overrides;
        this.gate = gate;
        this.violations = violations;
        this.settings = settings;
        this.record = record;
        this.resets = resets;
        this.format = settings.get(SettingCatalog.KEYS_PREFIXES, ApiKeyFormat::new);
    }

    /** Finds callers: {@code q} is a key's first characters, an account's id or part of its name, or an address. */
    @GET
    @Parameter(ref = "callerText")
    public Found find(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        String q = query.text("q", PageRequest.MAX_Q).map(String::strip).orElse("");
        query.end();
        if (q.isEmpty()) {
            throw TextValidation.bad("q", "is missing; give a key's first characters, an account or an address");
        }
        if (format.isWellFormed(q)) {
            throw TextValidation.bad("q", "is a whole key, which belongs in no URL; give its first characters");
        }
        Map<String, Match> found = new LinkedHashMap<>();
        callers.anyAddress(q)
                .ifPresent(caller -> found.put(
                        caller.id(), new Match(caller.id(), caller.id().substring(3), "address", null)));
        PageRequest page = new PageRequest(1, MAX_FOUND, q);
        Page<KeyDetails> ofKeys = keys.page(Optional.empty(), page);
        for (KeyDetails details : ofKeys.items()) {
            ApiKey key = details.key();
            found.put(key.id(), new Match(key.accountId(), details.account(), "key " + key.prefix(), key.id()));
        }
        Page<Account> ofAccounts = accounts.page(page);
        for (Account account : ofAccounts.items()) {
            found.put(account.id(), new Match(account.id(), account.name(), "account", null));
        }
        return new Found(
                found.values().stream().limit(MAX_FOUND).toList(),
                found.size() > MAX_FOUND || ofKeys.total() > MAX_FOUND || ofAccounts.total() > MAX_FOUND);
    }

    /** One of them. With {@code key}, the id of a key of the account, as a caller with that key. */
    @GET
    @Path("{caller: .+}")
    @Parameter(ref = "keyOfCaller")
    public CallerView get(@PathParam("caller") String text, @Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        Optional<String> keyId = query.text("key", ApiKeys.MAX_NAME);
        query.end();
        Caller caller = callers.parse("caller", text);
        Optional<ApiKey> key = keyId.map(id -> keyOf(caller, id));
        Optional<Account> account = caller.isAccount() ? accounts.find(caller.id()) : Optional.empty();
        String tierName = account.map(Account::tier).orElse(Tier.ANONYMOUS);
        Tier tier = limits(account, tiers.find(tierName).orElseThrow());
        BanLadder ladder =
                new BanLadder(settings.get(SettingCatalog.BAN_STEPS), settings.get(SettingCatalog.BAN_MEMORY));
        BanLadder its = caller.isAccount() ? ladder : ladder.withoutPermanent();
        OptionalLong quota = caller.isAccount() ? tier.monthlyQuota() : OptionalLong.empty();
        List<WindowPolicy> windows = new ArrayList<>(tier.windows());
        key.ifPresent(one -> one.windowLimit().ifPresent(limit -> windows.add(WindowPolicy.ofKey(one.id(), limit))));
        GateRequest request = GateRequest.peek(caller, windows, quota, its);
        Decision decision = peek(request);
        Decision unbanned = decision.ban().isPresent() ? peek(request.ignoringBans()) : decision;
        return new CallerView(
                caller.id(),
                account.orElse(null),
                tierName,
                key.flatMap(one -> KeyRefusal.of(one, record.nowMillis()))
                        .map(problem -> Verdict.of(problem, null, record.nowMillis()))
                        .orElseGet(() -> Verdict.of(decision, request)),
                unbanned.policies().stream()
                        .map(policy -> LimitsResource.policy(policy, unbanned.atMillis()))
                        .toList(),
                decision.ban()
                        .map(ban -> LimitsResource.ban(ban, decision.atMillis()))
                        .orElse(null),
                ladder(its, known(caller)));
    }

    private ApiKey keyOf(Caller caller, String id) {
        return keys.find(id)
                .map(KeyDetails::key)
                .filter(key -> key.accountId().equals(caller.id()))
                .orElseThrow(() -> TextValidation.bad("key", "must be the id of a key of the caller"));
    }

    /** The limits of an account of this tier, or of an address. */
    private Tier limits(Optional<Account> account, Tier tier) {
        return account.flatMap(found -> overrides.find(found.id()))
                .filter(override -> override.isInForce(record.nowMillis()))
                .map(override -> override.over(tier))
                .orElse(tier);
    }

    /**
     * Empties the windows of a caller, an address for instance, or an account's month, or both. In force at once. What was
     * recorded for analytics stays.
     */
    @POST
    @Path("{caller: .+}/reset")
    @RequestBody(ref = "Reset")
    @ApiResponse(responseCode = "204", description = "Done.")
    public Response reset(
            @PathParam("caller") String text,
            @Context UriInfo uri,
            @Context SecurityContext security,
            @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        LimitResets.Asked asked = LimitResets.read(JsonObjectReader.read(request));
        Caller caller = callers.parse("caller", text);
        Map<String, String> details = resets.reset(caller, asked, record.nowMillis());
        record.record(security, AuditEvent.Type.LIMITS_RESET, caller.id(), details);
        return Response.noContent().build();
    }

    private Decision peek(GateRequest request) {
        GateResult answer = gate.decide(request, FailureMode.CLOSED);
        return answer.decision().orElseThrow(AdminCallersResource::unavailable);
    }

    private ViolationLog.Known known(Caller caller) {
        try {
            return violations.of(caller).toCompletableFuture().get(GATE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable();
        } catch (Exception e) {
            throw unavailable();
        }
    }

    private static ProblemException unavailable() {
        return new ProblemException(Problems.unavailable(
                "REDIS_UNAVAILABLE",
                "A caller's limits are kept in Redis, which does not answer at the moment. Try again later.",
                GATE_SECONDS));
    }

    private static LadderView ladder(BanLadder ladder, ViolationLog.Known known) {
        Instant forgotten = known.count() == 0
                ? null
                : Instant.ofEpochMilli(known.lastAtMillis()).plus(ladder.memory());
        return new LadderView(
                known.count(),
                forgotten,
                ladder.steps().stream()
                        .map(step ->
                                new StepView(step.violations(), step.level().label()))
                        .toList(),
                ladder.steps().stream()
                        .filter(step -> step.violations() > known.count())
                        .findFirst()
                        .map(step -> step.violations() - known.count())
                        .orElse(null),
                known.recent().stream()
                        .map(one -> new ViolationView(
                                Instant.ofEpochMilli(one.atMillis()), one.route(), one.address(), one.count()))
                        .toList());
    }
}

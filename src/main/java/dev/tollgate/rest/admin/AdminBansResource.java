package dev.tollgate.rest.admin;

import dev.tollgate.core.account.Accounts;
import dev.tollgate.core.account.AddressParser;
import dev.tollgate.core.account.ChangePublisher;
import dev.tollgate.core.async.Failures;
import dev.tollgate.core.audit.BanEvent;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BanRepository;
import dev.tollgate.core.limit.BanRepository.BannedCaller;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.GateStore;
import dev.tollgate.core.limit.StateMissingException;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.rest.support.CallerParser;
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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The bans, for administrators. The gate enforces bans; PostgreSQL keeps the permanent ones and, in the audit trail, a
 * record of the others. PostgreSQL is written first: an empty gate is restored from it, so a lifted ban must be gone there
 * before it is gone from the gate. Where the gate cannot be reached the answer is 503, and repeating the request is safe.
 */
@Path("api/v1/admin/bans")
@Produces(MediaType.APPLICATION_JSON)
@AdminOnly
@Dependent
public class AdminBansResource {

    private static final long GATE_SECONDS = 3;

    private final BanRepository banRepository;
    private final GateStore gate;
    private final Accounts accounts;
    private final CallerParser callers;
    private final ChangePublisher changes;
    private final AdminAuditor record;
    private final LimitResets resets;

    /**
     * A ban.
     *
     * @param caller the account's id, or {@code ip:} and the address
     * @param name the account's name; null for an address
     * @param level its length
     * @param reason why
     * @param bannedAt since when
     * @param expiresAt its end; null for a permanent one
     */
    public record BanView(
            String caller,
            @Nullable String name,
            String level,
            String reason,
            Instant bannedAt,
            @Nullable Instant expiresAt) {

        static BanView of(Caller caller, @Nullable String name, Ban ban) {
            Instant end = ban.expiresAt().isPresent()
                    ? Instant.ofEpochMilli(ban.expiresAt().getAsLong())
                    : null;
            return new BanView(
                    caller.id(), name, ban.level().label(), ban.reason(), Instant.ofEpochMilli(ban.bannedAt()), end);
        }
    }

    /** Makes the resource from its ports, one argument each. */
    @Inject
    public AdminBansResource(
            BanRepository banRepository,
            GateStore gate,
            Accounts accounts,
            ChangePublisher changes,
            AdminAuditor record,
            AddressParser addresses,
            LimitResets resets) {
        this.banRepository = banRepository;
        this.gate = gate;
        this.accounts = accounts;
        this.callers = new CallerParser(accounts, addresses);
        this.changes = changes;
        this.record = record;
        this.resets = resets;
    }

    /** Lists the bans in force, as recorded. */
    @GET
    @Parameter(ref = "page")
    @Parameter(ref = "size")
    @Parameter(ref = "q")
    public Page<BanView> list(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        PageRequest page = query.page();
        query.end();
        Page<BannedCaller> bans = banRepository.active(page, record.nowMillis());
        Map<String, String> names = accounts.names(
                bans.items().stream().map(banned -> banned.caller().id()).toList());
        return bans.map(
                banned -> BanView.of(banned.caller(), names.get(banned.caller().id()), banned.ban()));
    }

    /** The ban on one caller, as the gate has it this moment. */
    @GET
    @Path("{caller: .+}")
    public BanView get(@PathParam("caller") String text, @Context UriInfo uri) {
        QueryParameters.none(uri);
        Caller caller = callers.parse("caller", text);
        return inForce(caller, gate.decide(peek(caller)))
                .map(ban -> view(caller, ban))
                .orElseThrow(AdminBansResource::notBanned);
    }

    private static GateRequest peek(Caller caller) {
        return GateRequest.peek(caller, List.of(), OptionalLong.empty(), BanLadder.STANDARD);
    }

    /** Returns the ban in force. An emptied gate fails for accounts; then the record is what it will be given back. */
    private Optional<Ban> inForce(Caller caller, CompletionStage<Decision> decision) {
        boolean empty = decision.handle((decided, failure) ->
                        failure != null && Failures.unwrap(failure) instanceof StateMissingException)
                .toCompletableFuture()
                .completeOnTimeout(false, GATE_SECONDS, TimeUnit.SECONDS)
                .join();
        if (!empty) {
            return LimitResets.await(decision).ban();
        }
        return banRepository
                .active(new PageRequest(1, PageRequest.MAX_SIZE, caller.id()), record.nowMillis())
                .items()
                .stream()
                .filter(banned -> banned.caller().equals(caller))
                .map(BannedCaller::ban)
                .findFirst();
    }

    /** Bans a caller. A ban in force that lasts longer stays, and is the answer. */
    @POST
    @RequestBody(ref = "NewBan")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = BanView.class)))
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = BanView.class)))
    public Response ban(
            @Context UriInfo uri, @Context SecurityContext security, @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        JsonObjectReader members = JsonObjectReader.read(request);
        Caller caller = callers.parse("caller", members.text("caller", 200));
        BanLevel level = BanLevel.parse(members.text("level", 20))
                .orElseThrow(() ->
                        TextValidation.bad("level", "must be PERMANENT or a length such as 5_MIN, 12_HOUR or 1_DAY"));
        String reason = members.text("reason", Ban.MAX_REASON);
        members.end();
        if (level.isPermanent()) {
            banRepository.keep(caller, Ban.starting(level, reason, record.nowMillis()));
        }
        Ban inForce = LimitResets.await(gate.ban(caller, level, reason));
        boolean applied = inForce.level().equals(level) && inForce.reason().equals(reason);
        if (applied) {
            record.note(BanEvent.applied(caller, inForce, false, record.actor(security)));
        }
        changes.banChanged(caller);
        return applied
                ? Responses.created(uri, caller.id(), view(caller, inForce))
                : Response.ok(view(caller, inForce)).build();
    }

    /**
     * Lifts a caller's ban, forgets its violations and empties its windows, so that its next request passes. With
     * {@code windows=false} the windows stay as full as they are. {@code reason} goes into the audit trail.
     */
    @DELETE
    @Path("{caller: .+}")
    @Parameter(ref = "reason")
    @Parameter(ref = "emptyWindows")
    @ApiResponse(responseCode = "204", description = "Done.")
    public Response lift(@PathParam("caller") String text, @Context UriInfo uri, @Context SecurityContext security) {
        QueryParameters query = QueryParameters.of(uri);
        String reason = query.text("reason", Ban.MAX_REASON)
                .filter(given -> !given.isBlank())
                .map(given -> TextValidation.line("reason", given, Ban.MAX_REASON))
                .orElse("no reason given");
        boolean windows = query.flag("windows", true);
        query.end();
        Caller caller = callers.parse("caller", text);
        // Before the lift, since nothing fills them again while the ban holds. Of a caller without a ban they stay.
        boolean emptied = windows && inForce(caller, gate.decide(peek(caller))).isPresent();
        if (emptied) {
            resets.emptyWindows(caller);
        }
        boolean permanent = banRepository.forget(caller);
        Optional<Ban> lifted = LimitResets.await(gate.lift(caller));
        // Again: a node that saw the ban a moment ago may have recorded it in between.
        permanent |= banRepository.forget(caller);
        changes.banChanged(caller);
        if (lifted.isEmpty() && !permanent) {
            throw notBanned();
        }
        if (windows && !emptied) {
            resets.emptyWindows(caller);
        }
        String level = lifted.map(ban -> ban.level().label()).orElse(BanLevel.PERMANENT.label());
        record.note(BanEvent.lifted(caller, level, reason, record.nowMillis(), record.actor(security)));
        return Response.noContent().build();
    }

    private BanView view(Caller caller, Ban ban) {
        return BanView.of(caller, accounts.names(List.of(caller.id())).get(caller.id()), ban);
    }

    private static ProblemException notBanned() {
        return new ProblemException(Problems.notFound("There is no ban on this caller."));
    }
}

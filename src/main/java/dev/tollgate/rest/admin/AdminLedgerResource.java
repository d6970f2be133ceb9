package dev.tollgate.rest.admin;

import dev.tollgate.core.account.ApiKeys;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.ledger.LedgerReconciler;
import dev.tollgate.core.ledger.LedgerReconciler.Recount;
import dev.tollgate.core.ledger.LedgerReport;
import dev.tollgate.core.ledger.LedgerReport.KeyReport;
import dev.tollgate.core.ledger.SettlementLog;
import dev.tollgate.core.ledger.SettlementLog.Batch;
import dev.tollgate.core.ledger.SettlementLog.QuarantinedEntry;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.core.usage.PendingUnavailableException;
import dev.tollgate.rest.support.ProblemException;
import dev.tollgate.rest.support.QueryParameters;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.math.BigInteger;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The ledger and the past settlements, for administrators: they show whether every recorded request is accounted for. */
@Path("api/v1/admin")
@Produces(MediaType.APPLICATION_JSON)
@AdminOnly
@Dependent
public class AdminLedgerResource {

    private static final long REDIS_RETRY_SECONDS = 1;
    private static final int LONGEST_ID = 100;
    private static final int MAX_LISTED = 20;

    private final LedgerReconciler ledger;
    private final SettlementLog log;
    private final ApiKeys keys;
    private final AdminAuditor record;

    /**
     * The ledger: recorded = settled + pending + quarantined, in requests.
     *
     * @param recorded by Redis's ledgers
     * @param settled in PostgreSQL
     * @param pending in Redis, claimed by a batch or not
     * @param setAside in PostgreSQL's table of what could not be written
     * @param balanced whether that adds up, in all and for every key that was checked
     * @param keys changed keys that were checked
     * @param complete false if there were more than one report checks: then what is pending is not all of it
     * @param unbalanced keys that do not balance, at most 100
     * @param mismatches how often the settlement has found a key's books unbalanced
     * @param lastMismatch when it last did; null for never
     */
    public record LedgerAnswer(
            BigInteger recorded,
            BigInteger settled,
            BigInteger pending,
            BigInteger setAside,
            boolean balanced,
            int keys,
            boolean complete,
            List<KeyAnswer> unbalanced,
            long mismatches,
            Optional<Instant> lastMismatch) {

        static LedgerAnswer of(LedgerReport report) {
            return new LedgerAnswer(
                    report.recorded(),
                    report.settled(),
                    report.pending(),
                    report.setAside(),
                    report.isBalanced(),
                    report.keys(),
                    report.complete(),
                    report.unbalanced().stream().map(KeyAnswer::of).toList(),
                    report.mismatches(),
                    report.lastMismatch());
        }
    }

    /**
     * recorded = accounted + claimed + pending for one key, in requests since its ledger in Redis was begun. A key that
     * rested for more than a week has a new ledger.
     *
     * @param keyId the API key's id
     * @param recorded by Redis's ledger
     * @param accounted settled or quarantined
     * @param claimed claimed by a batch under way
     * @param pending recorded and not claimed
     * @param balanced whether that adds up
     */
    public record KeyAnswer(String keyId, long recorded, long accounted, long claimed, long pending, boolean balanced) {

        static KeyAnswer of(KeyReport report) {
            return new KeyAnswer(
                    report.keyId(),
                    report.recorded(),
                    report.accounted(),
                    report.claimed(),
                    report.pending(),
                    report.isBalanced());
        }
    }

    /** Makes the resource from its ports. */
    @Inject
    public AdminLedgerResource(LedgerReconciler ledger, SettlementLog log, ApiKeys keys, AdminAuditor record) {
        this.ledger = ledger;
        this.log = log;
        this.keys = keys;
        this.record = record;
    }

    /** Returns the ledger of all keys together; of one with {@code keyId}, even if it is deleted. */
    @GET
    @Path("ledger")
    @Parameter(ref = "keyId")
    @ApiResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(oneOf = {LedgerAnswer.class, KeyAnswer.class})))
    public Record ledger(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        Optional<String> keyId = query.text("keyId", LONGEST_ID);
        query.end();
        if (keyId.isEmpty()) {
            return LedgerAnswer.of(asked(ledger::report));
        }
        if (!keyId.get().matches("[0-9a-f-]{36}")) {
            throw unknown();
        }
        return asked(() -> ledger.report(keyId.get()))
                .map(KeyAnswer::of)
                .orElseGet(() -> keys.find(keyId.get())
                        .map(resting -> new KeyAnswer(resting.key().id(), 0, 0, 0, 0, true))
                        .orElseThrow(AdminLedgerResource::unknown));
    }

    /**
     * What a recount changed.
     *
     * @param difference requests by which "recorded" was raised; negative if it was lowered
     * @param keys keys whose ledgers were begun anew, by the requests their "recorded" was raised
     * @param ledger the ledger after it
     */
    public record RecountAnswer(BigInteger difference, Map<String, Long> keys, LedgerAnswer ledger) {}

    /** Makes what is there the truth, after a mismatch was examined. It changes the books, no count; audited. */
    @POST
    @Path("ledger/recount")
    public RecountAnswer recount(@Context UriInfo uri, @Context SecurityContext security) {
        QueryParameters.none(uri);
        Recount recount = asked(ledger::recount);
        Map<String, String> details = new LinkedHashMap<>();
        details.put("difference", recount.difference().toString());
        details.put("keys", Integer.toString(recount.keys().size()));
        recount.keys().entrySet().stream()
                .limit(MAX_LISTED)
                .forEach(
                        key -> details.put("key " + key.getKey(), key.getValue().toString()));
        record.record(security, AuditEvent.Type.LEDGER_RECOUNTED, null, details);
        return new RecountAnswer(recount.difference(), recount.keys(), LedgerAnswer.of(asked(ledger::report)));
    }

    private static ProblemException unknown() {
        return new ProblemException(Problems.notFound("There is no key with this id."));
    }

    /** Returns batches of the last 90 days, newest first; {@code q} is searched in the node. */
    @GET
    @Path("settlement/batches")
    @Parameter(ref = "page")
    @Parameter(ref = "size")
    @Parameter(ref = "q")
    public Page<Batch> batches(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        PageRequest page = query.page();
        query.end();
        return log.batches(page);
    }

    /** Returns what could not be settled, newest first; {@code keyId} narrows, {@code q} is searched in key and reason. */
    @GET
    @Path("settlement/set-aside")
    @Parameter(ref = "keyId")
    @Parameter(ref = "page")
    @Parameter(ref = "size")
    @Parameter(ref = "q")
    public Page<QuarantinedEntry> setAside(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        Optional<String> keyId = query.text("keyId", LONGEST_ID);
        PageRequest page = query.page();
        query.end();
        return log.setAside(keyId, page);
    }

    private static <T> T asked(Supplier<T> question) {
        try {
            return question.get();
        } catch (PendingUnavailableException e) {
            throw new ProblemException(Problems.unavailable(
                    "REDIS_UNAVAILABLE",
                    "One side of the ledger is in Redis, which does not answer at the moment. Try again later.",
                    REDIS_RETRY_SECONDS));
        }
    }
}

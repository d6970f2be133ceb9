package dev.tollgate.redis.batch;

import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.AccountStateSource.AccountState;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.LeaseGrant;
import dev.tollgate.core.limit.LeaseRequest;
import dev.tollgate.core.limit.LeaseRequest.LeaseReport;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.limit.ViolationLog.Violation;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.core.refusal.RefusalBuffer;
import dev.tollgate.core.refusal.RefusalReason;
import dev.tollgate.core.refusal.RefusalRow;
import dev.tollgate.core.traffic.TrafficCounts;
import dev.tollgate.core.usage.ClaimedUsage;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.PostedEvent;
import dev.tollgate.core.usage.UsageDelta;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.redis.decision.Decisions;
import dev.tollgate.redis.decision.RedisQuotaCounters;
import dev.tollgate.redis.decision.RedisViolationLog;
import dev.tollgate.redis.seal.Sealing;
import dev.tollgate.redis.stats.RedisInfo;
import dev.tollgate.redis.sync.ConfigSnapshot;
import dev.tollgate.redis.sync.DirectoryClient;
import dev.tollgate.redis.sync.DirectoryProtocol;
import dev.tollgate.redis.sync.DirectoryResponder;
import dev.tollgate.redis.sync.Outbox;
import dev.tollgate.redis.sync.OutboxConsumer;
import dev.tollgate.redis.sync.RedisKeyCache;
import dev.tollgate.redis.sync.RedisRouteWindows;
import dev.tollgate.redis.sync.RefusalOutbox;
import dev.tollgate.redis.sync.RefusalOutboxConsumer;
import dev.tollgate.redis.usage.RedisPostedUsage;
import dev.tollgate.redis.usage.RedisReportCache;
import dev.tollgate.redis.usage.RedisTrafficStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/** Runs each operation of a node in Redis once. */
public final class AllRedisOperations {

    private static final Sealing SEALING = Sealing.ofThisProcess();
    private static final ResolvedKey KNOWN = new ResolvedKey(
            new ApiKey("id", "account", "", "tg_12345", true, Instant.EPOCH, null, OptionalLong.empty()), "pro");

    private AllRedisOperations() {}

    public static void all(RedissonClient client, String prefix) throws Exception {
        Decisions node = new Decisions(client, prefix);
        client.getBucket(node.keys.edition(), StringCodec.INSTANCE).isExists();
        decide(node);
        lease(node);
        meter(node);
        cache(client, node);
        share(client, node);
        guard(client, node);
        console(node);
        new RedisInfo(node.batcher, node.keys, Duration.ofSeconds(1)).info();
    }

    private static void decide(Decisions node) throws Exception {
        for (int i = 0; i < 20; i++) {
            node.decide("banned", 3);
        }
        Caller caller = Caller.account("banned");
        node.gate.lift(caller).toCompletableFuture().get(1, TimeUnit.SECONDS);
        Ban ban = node.gate
                .ban(caller, BanLevel.PERMANENT, "by hand")
                .toCompletableFuture()
                .get(1, TimeUnit.SECONDS);
        node.gate.isConfirmed(caller, ban).toCompletableFuture().get(1, TimeUnit.SECONDS);
        node.gate
                .reset(caller, List.of(WindowPolicy.minute(3)), true)
                .toCompletableFuture()
                .get(1, TimeUnit.SECONDS);
        node.gate
                .restore(
                        Caller.account("restored"),
                        BillingMonth.at(System.currentTimeMillis()),
                        new AccountState(1, Optional.of(ban)))
                .toCompletableFuture()
                .get(1, TimeUnit.SECONDS);
    }

    /** A lease that is granted and given back. */
    private static void lease(Decisions node) throws Exception {
        node.decide("leased", 1_000);
        LeaseRequest wanted = new LeaseRequest(Decisions.request("leased", 1_000), "node.1", 10, 300, Optional.empty());
        LeaseGrant grant = node.gate.lease(wanted).toCompletableFuture().get(1, TimeUnit.SECONDS);
        if (grant.units() != 10) {
            throw new AssertionError("no lease: " + grant);
        }
        LeaseReport report = new LeaseReport("node.1", grant.month(), grant.datedAt(), 3);
        node.gate
                .lease(new LeaseRequest(wanted.policies(), "node.2", 0, 300, Optional.of(report)))
                .toCompletableFuture()
                .get(1, TimeUnit.SECONDS);
    }

    private static void meter(Decisions node) throws Exception {
        UsageEvent event = new UsageEvent("k", "s3", Decisions.TODAY, true, 1, 5, "image/png", 1);
        UsageDelta delta = new UsageDelta("k", "node", 1, KeyUsage.of(event).providerDays());
        node.pending.record(List.of(delta)).toCompletableFuture().get(1, TimeUnit.SECONDS);
        new RedisPostedUsage(
                        node.batcher,
                        node.keys,
                        false,
                        new RedisPostedUsage.Bounds(1_000, 10_000, Set.of()),
                        Duration.ofSeconds(1))
                .take("account", "k", List.of(new PostedEvent("id", event)))
                .toCompletableFuture()
                .get(1, TimeUnit.SECONDS);
        node.pending.changedKeys(0, 10);
        node.pending.renew(List.of("k"));
        List<ClaimedUsage> claims = node.pending.claim(List.of("k"), 1).claims();
        node.pending.ledgers(List.of("k"));
        node.pending.acknowledge(claims);
        node.pending.claim(List.of("k"), 2);
    }

    private static void cache(RedissonClient client, Decisions node) throws Exception {
        RedisKeyCache cache = new RedisKeyCache(client, node.keys, SEALING, () -> true);
        cache.fill("hash", KNOWN, 1).toCompletableFuture().get(1, TimeUnit.SECONDS);
        cache.find("hash").toCompletableFuture().get(1, TimeUnit.SECONDS);
        cache.fill("hash", KNOWN, System.currentTimeMillis())
                .toCompletableFuture()
                .get(1, TimeUnit.SECONDS);
        cache.replace("hash", Optional.of(KNOWN), 1).toCompletableFuture().get(1, TimeUnit.SECONDS);
        cache.replaceTier("account", "free").toCompletableFuture().get(1, TimeUnit.SECONDS);
    }

    /** An edit, told and heard. */
    private static void share(RedissonClient client, Decisions node) throws Exception {
        ConfigSnapshot lists = new ConfigSnapshot(node.batcher, node.keys, SEALING);
        lists.write(() -> new ConfigSnapshot.Content(List.of(), Map.of(), List.of()));
        lists.read();
        RedisRouteWindows windows = new RedisRouteWindows(
                node.batcher,
                node.keys,
                () -> Map.of("reports", WindowPolicy.ofRoute("reports", "reports", 4, 10_000)));
        windows.announce();
        windows.all().toCompletableFuture().get(1, TimeUnit.SECONDS);
        CountDownLatch heard = new CountDownLatch(1);
        client.getTopic(node.keys.sealedChanges(), StringCodec.INSTANCE)
                .addListener(String.class, (channel, message) -> heard.countDown());
        node.batcher
                .call(
                        Script.load(Operation.EDITS, "sync/edit_publish"),
                        List.of(node.keys.edition()),
                        node.keys.changes(),
                        "tiers -")
                .get(1, TimeUnit.SECONDS);
        client.getTopic(node.keys.sealedChanges(), StringCodec.INSTANCE)
                .publishAsync("tiers")
                .toCompletableFuture()
                .get(1, TimeUnit.SECONDS);
        heard.await(1, TimeUnit.SECONDS);
        client.<String>getBucket(node.keys.edition(), StringCodec.INSTANCE)
                .getAsync()
                .toCompletableFuture()
                .get(1, TimeUnit.SECONDS);
    }

    /** A question and its answer, and what is handed over and taken. */
    private static void guard(RedissonClient client, Decisions node) throws Exception {
        DirectoryClient inquiries = new DirectoryClient(client, node.keys, SEALING, Duration.ofSeconds(2));
        inquiries.expire();
        DirectoryResponder responder = new DirectoryResponder(
                client,
                node.keys,
                SEALING,
                new AccountDirectory() {
                    @Override
                    public Optional<ResolvedKey> findByHash(String hash) {
                        return Optional.of(KNOWN);
                    }

                    @Override
                    public Optional<String> tierOf(String accountId) {
                        return Optional.empty();
                    }

                    @Override
                    public List<Tier> tiers() {
                        return List.of();
                    }
                },
                (caller, month) -> CompletableFuture.completedStage(AccountState.NONE),
                () -> {},
                // Not on the thread that brought the question: it waits for Redis.
                work -> new Thread(work).start());
        responder.subscribe();
        inquiries.ask(DirectoryProtocol.key("0".repeat(64))).get(2, TimeUnit.SECONDS);
        Outbox outbox = new Outbox(node.batcher, node.keys, SEALING, 10);
        outbox.note(new AuditEvent(AuditEvent.Type.LIMIT_EXCEEDED, 1, null, AuditEvent.GATE, Map.of()));
        outbox.keep(Caller.account("banned"), new Ban(BanLevel.PERMANENT, "x", 1, OptionalLong.empty()));
        outbox.flush();
        List<AuditEvent> taken = new ArrayList<>();
        new OutboxConsumer(client, node.batcher, node.keys, SEALING, Set::copyOf, taken::add, nobody(), () -> true)
                .run();
        if (taken.size() != 1) {
            throw new AssertionError("handed over: " + taken);
        }
        RefusalBuffer rows = new RefusalBuffer(10);
        RefusalReason reason = new RefusalReason("default", null, 401, "INVALID_API_KEY", false);
        rows.put(List.of(new RefusalRow(UUID.randomUUID().toString(), 1, 1, null, null, null, null, reason, 1)));
        new RefusalOutbox(node.batcher, node.keys, SEALING, rows).flush();
        new RefusalOutboxConsumer(node.batcher, node.keys, SEALING, rows, () -> true).run();
        if (rows.waiting() != 1) {
            throw new AssertionError("refusals handed over: " + rows.waiting());
        }
    }

    private static BanSink nobody() {
        return new BanSink() {
            @Override
            public void keep(Caller caller, Ban permanent) {}

            @Override
            public void supersede(Caller caller) {}
        };
    }

    /** What an operator sees. */
    private static void console(Decisions node) throws Exception {
        Caller caller = Caller.account("banned");
        RedisViolationLog log = new RedisViolationLog(node.batcher, node.keys, Duration.ofDays(1));
        log.note(caller, new Violation(1, "route", "192.0.2.1", 1));
        log.of(caller).toCompletableFuture().get(1, TimeUnit.SECONDS);
        new RedisQuotaCounters(node.batcher, node.keys)
                .used(List.of("banned"), BillingMonth.at(System.currentTimeMillis()));
        RedisTrafficStore traffic = new RedisTrafficStore(node.batcher, node.keys);
        traffic.add(60, new TrafficCounts(1, 0, 0, 0, 0, 0, 0))
                .toCompletableFuture()
                .get(1, TimeUnit.SECONDS);
        traffic.read(0, 120, 1).toCompletableFuture().get(1, TimeUnit.SECONDS);
        RedisReportCache reports = new RedisReportCache(node.batcher, node.keys, Duration.ofSeconds(1));
        reports.unsettled("k").toCompletableFuture().get(1, TimeUnit.SECONDS);
    }
}

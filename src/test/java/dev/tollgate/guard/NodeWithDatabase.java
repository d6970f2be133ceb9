package dev.tollgate.guard;

import dev.tollgate.config.Settings;
import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.ChangeListener;
import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.AccountStateSource.AccountState;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.refusal.RefusalBuffer;
import dev.tollgate.core.refusal.RefusalRow;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.ConnectionTracker;
import dev.tollgate.redis.connection.MissingRights;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.decision.RedisGateStore;
import dev.tollgate.redis.decision.RepairLog;
import dev.tollgate.redis.seal.Sealing;
import dev.tollgate.redis.sync.ConfigSnapshot;
import dev.tollgate.redis.sync.DirectoryResponder;
import dev.tollgate.redis.sync.InvalidationBus;
import dev.tollgate.redis.sync.OutboxConsumer;
import dev.tollgate.redis.sync.RedisKeyCache;
import dev.tollgate.redis.sync.RefusalOutboxConsumer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.redisson.api.RedissonClient;

/** A fixture: a node with a database, as guards see it, with maps instead of a database. */
final class NodeWithDatabase implements AccountDirectory, AutoCloseable {

    /** The content of the database; nodes may share it. */
    static final class Tables {
        final Map<String, ResolvedKey> keys = new ConcurrentHashMap<>();
        final Map<String, Tier> tiers = new ConcurrentHashMap<>(Map.of(
                "free",
                new Tier("free", OptionalLong.of(3), OptionalLong.of(1_000)),
                Tier.ANONYMOUS,
                new Tier(Tier.ANONYMOUS, OptionalLong.of(5), OptionalLong.empty())));
        final Map<Caller, AccountState> history = new ConcurrentHashMap<>();
        final List<AuditEvent> audit = new CopyOnWriteArrayList<>();
        final Map<Caller, Ban> kept = new ConcurrentHashMap<>();
        final Set<String> taken = ConcurrentHashMap.newKeySet();
    }

    final Map<String, ResolvedKey> keys;
    final Map<String, Tier> tiers;
    final Map<Caller, AccountState> history;
    final List<AuditEvent> audit;
    final Map<Caller, Ban> kept;

    /** Hashes of keys whose changes this node received. */
    final Set<String> heard = ConcurrentHashMap.newKeySet();

    final AtomicInteger lookUps = new AtomicInteger();
    volatile boolean away;

    /** The secret of this node and its guards. */
    static final String SEAL = "a secret that the tests' nodes share, of 32 and more";

    final Sealing sealing;
    final RedisGateStore gate;
    final InvalidationBus changes;
    private final RedissonClient redisson;
    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
    private final ExecutorService answering = Executors.newFixedThreadPool(2);
    private final DirectoryResponder responder;
    private final OutboxConsumer consumer;
    private final RefusalOutboxConsumer refusalConsumer;
    private final RefusalBuffer refusalRows = new RefusalBuffer(1_000);

    NodeWithDatabase(RealRedis redis) {
        this(redis, new Tables(), SEAL, "");
    }

    /**
     * @param seal the secret it seals with
     * @param previous the secret it accepts besides; empty for none
     */
    NodeWithDatabase(RealRedis redis, Tables tables, String seal, String previous) {
        keys = tables.keys;
        tiers = tables.tiers;
        history = tables.history;
        audit = tables.audit;
        kept = tables.kept;
        redisson = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
        RedisKeys names = new RedisKeys("");
        ScriptBatcher batcher = new ScriptBatcher(redisson, 2, 128, 10_000, Duration.ofSeconds(5));
        sealing = Sealing.of(
                Settings.of(Map.of("tollgate.redis.seal", seal, "tollgate.redis.seal.previous", previous)),
                System::currentTimeMillis);
        gate = new RedisGateStore(
                batcher,
                names,
                System::currentTimeMillis,
                new ConnectionTracker(),
                sealing,
                new RepairLog(System::currentTimeMillis));
        ConfigSnapshot lists = new ConfigSnapshot(batcher, names, sealing);
        InvalidationBus.SnapshotPublisher snapshots =
                () -> lists.write(() -> new ConfigSnapshot.Content(tiers(), Map.of(), List.of()));
        changes = new InvalidationBus(
                redisson,
                batcher,
                names,
                sealing,
                new RedisKeyCache(redisson, names, sealing, () -> true),
                this,
                new Forgetful(),
                scheduler,
                snapshots,
                new MissingRights("test"));
        responder = new DirectoryResponder(
                redisson,
                names,
                sealing,
                this,
                (caller, month) -> away
                        ? CompletableFuture.failedStage(new DatabaseUnavailableException(null))
                        : CompletableFuture.completedStage(history.getOrDefault(caller, AccountState.NONE)),
                snapshots,
                answering);
        consumer = new OutboxConsumer(
                redisson,
                batcher,
                names,
                sealing,
                ids -> {
                    Set<String> first = new HashSet<>(ids);
                    first.removeIf(id -> !tables.taken.add(id));
                    return first;
                },
                audit::add,
                new BanSink() {
                    @Override
                    public void keep(Caller caller, Ban permanent) {
                        kept.put(caller, permanent);
                    }

                    @Override
                    public void supersede(Caller caller) {
                        kept.remove(caller);
                    }
                },
                () -> true);
        refusalConsumer = new RefusalOutboxConsumer(batcher, names, sealing, refusalRows, () -> true);
    }

    /** Starts answering. */
    NodeWithDatabase open() {
        responder.subscribe();
        changes.subscribe();
        return this;
    }

    /** Takes the entries in the outboxes of guards. */
    void takeOutboxes() {
        try {
            consumer.run();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Takes the rows in the outboxes of guards; of a row that comes again, both are there. */
    List<RefusalRow> takeRefusals() {
        refusalConsumer.run();
        List<RefusalRow> rows = new ArrayList<>();
        refusalRows.flush(100, rows::addAll);
        return rows;
    }

    /** Creates a key of a new account and returns the secret. */
    String newKey(String tier) {
        ApiKeyToken token = ApiKeyToken.generate();
        String account = UUID.randomUUID().toString();
        keys.put(
                token.hash(),
                new ResolvedKey(
                        new ApiKey(
                                UUID.randomUUID().toString(),
                                account,
                                "test",
                                token.prefix(),
                                true,
                                Instant.EPOCH,
                                null,
                                OptionalLong.empty()),
                        tier));
        return token.reveal();
    }

    Caller caller(String secret) {
        return Caller.account(keys.get(ApiKeyToken.hash(secret)).key().accountId());
    }

    @Override
    public Optional<ResolvedKey> findByHash(String hash) {
        lookUps.incrementAndGet();
        if (away) {
            throw new DatabaseUnavailableException(null);
        }
        return Optional.ofNullable(keys.get(hash));
    }

    @Override
    public Optional<String> tierOf(String accountId) {
        return keys.values().stream()
                .filter(known -> known.key().accountId().equals(accountId))
                .map(ResolvedKey::tier)
                .findFirst();
    }

    @Override
    public List<Tier> tiers() {
        return List.copyOf(tiers.values());
    }

    @Override
    public void close() {
        changes.close();
        scheduler.shutdownNow();
        answering.shutdownNow();
        redisson.shutdown();
    }

    /** A listener without caches. */
    private final class Forgetful implements ChangeListener {
        @Override
        public void keyChanged(String hash) {
            heard.add(hash);
        }

        @Override
        public void keysAdded() {}

        @Override
        public void accountChanged(String accountId) {}

        @Override
        public void tiersChanged() {}

        @Override
        public void banChanged(Caller caller) {}

        @Override
        public void limitsReset(Caller caller) {
            heard.add("reset " + caller.id());
        }

        @Override
        public void everythingChanged() {}

        @Override
        public void catchUp() {}
    }
}

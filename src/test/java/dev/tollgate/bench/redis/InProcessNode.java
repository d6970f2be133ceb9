package dev.tollgate.bench.redis;

import dev.tollgate.assembly.GateAssembly;
import dev.tollgate.assembly.Ports;
import dev.tollgate.assembly.RedisAssembly;
import dev.tollgate.bench.http.LightExchange;
import dev.tollgate.config.Settings;
import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyFormat;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.KeyAccess;
import dev.tollgate.core.account.PrincipalName;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.account.RouteModeStore;
import dev.tollgate.core.account.Scopes;
import dev.tollgate.core.limit.AccountStateSource.AccountState;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.refusal.RefusalBuffer;
import dev.tollgate.core.trace.Tracing;
import dev.tollgate.http.address.ForwardedAddressResolver;
import dev.tollgate.http.filter.ApiKeyCredential;
import dev.tollgate.http.filter.RateLimitFilter;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.route.RoutePolicyFile;
import dev.tollgate.http.servlet.CrossOrigin;
import dev.tollgate.redis.seal.Sealing;
import dev.tollgate.redis.sync.InvalidationBus.SnapshotPublisher;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A node within this process: the gate and the filter as the WAR and the guard put them together, with accounts in memory. Their
 * window a minute and their quota are beyond any load.
 */
public final class InProcessNode implements AutoCloseable {

    /** Where {@link LightExchange} says that its requests come from. */
    private static final String CLIENT = "192.0.2.7";

    private static final String PERSON = "X-Remote-User";

    /** By what the callers of a node are known. */
    public enum Callers {
        /** API keys without restrictions. */
        KEYS("X-API-Key", Map.of(), KeyAccess.FREE),
        /** API keys with as many scopes and networks as there can be, of which the last ones count. */
        RESTRICTED_KEYS(
                "X-API-Key",
                Map.of(),
                new KeyAccess(
                        Scopes.of(numbered(Scopes.MAX, "bench:%d")),
                        Stream.concat(
                                        numbered(KeyAccess.MAX_ADDRESSES - 1, "10.%d.0.0/16").stream(),
                                        Stream.of("192.0.2.0/24"))
                                .toList(),
                        false,
                        null)),
        /** Principals whom a trusted proxy names. */
        PRINCIPALS(
                PERSON,
                Map.of("tollgate.principals", "header:" + PERSON, "tollgate.trusted-proxies", CLIENT),
                KeyAccess.FREE);

        private final String field;
        private final Map<String, String> settings;
        private final KeyAccess access;

        Callers(String field, Map<String, String> settings, KeyAccess access) {
            this.field = field;
            this.settings = settings;
            this.access = access;
        }

        /** Returns the header field that says who a caller is. */
        public String field() {
            return field;
        }

        private static List<String> numbered(int count, String form) {
            return IntStream.range(0, count).mapToObj(form::formatted).toList();
        }

        private RoutePolicies routes() {
            return RoutePolicies.ofApplication(
                    access.scopes().isEmpty() ? Optional.empty() : Optional.of(RoutePolicyFile.parse("routes", """
                                    {"routes": [{"name": "all", "path": "/*", "credentials": "required",
                                     "scopes": ["bench:47", "bench:48", "bench:49"]}]}
                                    """)));
        }
    }

    private final GateAssembly assembly;
    private final RateLimitFilter filter;
    private final List<String> keys = new ArrayList<>();
    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(2);
    private final RedisAssembly redis;

    /**
     * @param url of the Redis
     * @param accounts pro accounts, each with a key or a principal
     * @param callers by what they are known
     */
    public InProcessNode(String url, int accounts, Callers callers) {
        Map<String, String> said = new HashMap<>(callers.settings);
        said.put("tollgate.redis.url", url);
        said.put("tollgate.redis.budget", "2s");
        Settings settings = Settings.of(said);
        redis = new RedisAssembly(settings, Sealing.ofThisProcess(), executor, config -> {});
        Directory directory = new Directory();
        for (int i = 0; i < accounts; i++) {
            keys.add(directory.newCaller("node-" + i, callers));
        }
        Ports ports = new Ports(
                directory,
                directory,
                (caller, month) -> CompletableFuture.completedFuture(AccountState.NONE),
                max -> List.of(),
                directory,
                event -> {},
                new RefusalBuffer(RefusalBuffer.CAPACITY),
                SnapshotPublisher.NONE);
        assembly = new GateAssembly(settings, redis, ports, executor, Thread::new);
        redis.awaitConnection();
        assembly.tiers().reload();
        filter = assembly.filter(
                callers.routes(),
                ForwardedAddressResolver.of(settings),
                ApiKeyCredential.alone(ApiKeyFormat.STANDARD),
                CrossOrigin.OFF,
                Tracing.NONE);
    }

    /** Returns the gate with all that belongs to it. */
    public GateAssembly assembly() {
        return assembly;
    }

    /** Returns the filter before the gate. */
    public RateLimitFilter filter() {
        return filter;
    }

    /** Returns an API key of each account, or the name of its principal. */
    public List<String> keys() {
        return keys;
    }

    @Override
    public void close() {
        assembly.close();
        redis.close(Duration.ofSeconds(2));
        executor.shutdownNow();
    }

    /** Accounts and their keys in a map, which does not change while it is read. */
    private static final class Directory implements AccountDirectory, RouteModeStore, BanSink {

        private final Map<String, ResolvedKey> keys = new HashMap<>();

        String newCaller(String account, Callers callers) {
            ApiKeyToken token = ApiKeyToken.generate();
            boolean person = callers == Callers.PRINCIPALS;
            ApiKey key = new ApiKey(
                    account + "-key",
                    account,
                    "bench",
                    token.prefix(),
                    true,
                    Instant.EPOCH,
                    null,
                    OptionalLong.empty(),
                    null,
                    callers.access);
            keys.put(person ? new PrincipalName(account).hash() : token.hash(), new ResolvedKey(key, "pro"));
            return person ? account : token.reveal();
        }

        @Override
        public Optional<ResolvedKey> findByHash(String hash) {
            return Optional.ofNullable(keys.get(hash));
        }

        @Override
        public Optional<String> tierOf(String accountId) {
            return Optional.of("pro");
        }

        @Override
        public List<Tier> tiers() {
            return List.of(new Tier("pro", OptionalLong.of(100_000_000), OptionalLong.of(100_000_000_000L)));
        }

        @Override
        public Map<String, Boolean> all() {
            return Map.of();
        }

        @Override
        public void put(String name, Optional<Boolean> shadow) {
            throw new UnsupportedOperationException("no mode is switched here");
        }

        @Override
        public void keep(Caller caller, Ban ban) {
            throw new UnsupportedOperationException("no ban is permanent here");
        }

        @Override
        public void supersede(Caller caller) {
            throw new UnsupportedOperationException("no ban is changed here");
        }
    }
}

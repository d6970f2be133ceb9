package dev.tollgate.guard;

import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.account.PrincipalName;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.account.RouteModeStore;
import dev.tollgate.core.limit.BanRepository.BannedCaller;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.gate.CircuitBreaker;
import dev.tollgate.redis.sync.ConfigSnapshot;
import dev.tollgate.redis.sync.ConfigSnapshot.Content;
import dev.tollgate.redis.sync.DirectoryClient;
import dev.tollgate.redis.sync.DirectoryProtocol;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The account directory of a guard, which asks nodes with a database over Redis. Tiers, switched routes and permanent bans come
 * from the configuration snapshot.
 *
 * <p>After three failed questions, a circuit breaker fails further ones at once, except for a probe now and then. Requests
 * therefore do not wait while no node with a database runs. Thread-safe.
 */
final class RemoteDirectory implements AccountDirectory, RouteModeStore {

    private final DirectoryClient client;
    private final ConfigSnapshot snapshot;
    private final Duration timeout;
    private final CircuitBreaker breaker;

    /**
     * @param client asks questions about keys
     * @param snapshot reads the configuration snapshot
     * @param timeout how long a request waits for an answer
     */
    RemoteDirectory(DirectoryClient client, ConfigSnapshot snapshot, Duration timeout) {
        this.client = client;
        this.snapshot = snapshot;
        this.timeout = timeout;
        this.breaker = new CircuitBreaker(3, 100, 500, 2_000);
    }

    @Override
    public Optional<ResolvedKey> findByHash(String hash) {
        return ask(DirectoryProtocol.key(hash));
    }

    @Override
    public Optional<ResolvedKey> createForPrincipal(PrincipalName name, String tier, int most) {
        return ask(DirectoryProtocol.principal(name, tier, most));
    }

    private Optional<ResolvedKey> ask(String question) {
        if (!breaker.tryAcquirePermission(now())) {
            throw new DatabaseUnavailableException(new TimeoutException("no node with a database has answered lately"));
        }
        try {
            String answer = client.ask(question).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            breaker.onSuccess();
            if (DirectoryProtocol.isUnavailable(answer)) {
                throw new DatabaseUnavailableException(new TimeoutException("the database is unavailable"));
            }
            return DirectoryProtocol.readKey(answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            breaker.onError(now());
            throw new DatabaseUnavailableException(e);
        } catch (ExecutionException | TimeoutException | IllegalArgumentException e) {
            breaker.onError(now());
            throw new DatabaseUnavailableException(e);
        }
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    @Override
    public Optional<String> tierOf(String accountId) {
        throw withoutDatabase();
    }

    @Override
    public List<Tier> tiers() {
        return content().tiers();
    }

    @Override
    public Map<String, Boolean> all() {
        return content().modes();
    }

    @Override
    public void put(String name, Optional<Boolean> shadow) {
        throw withoutDatabase();
    }

    /** The failure of what only changes need: a guard makes none, and has no database to ask. */
    private static DatabaseUnavailableException withoutDatabase() {
        return new DatabaseUnavailableException(new IllegalStateException("a guard has no database"));
    }

    /** Returns the callers with a permanent ban, at most that many. */
    List<BannedCaller> banned(int max) {
        List<BannedCaller> all = content().banned();
        return all.subList(0, Math.min(max, all.size()));
    }

    /** Reads the snapshot. If there is none, asks for one and fails; the caller reads again later. */
    private Content content() {
        Optional<Content> content;
        try {
            content = snapshot.read();
        } catch (RuntimeException e) {
            throw new DatabaseUnavailableException(e);
        }
        return content.orElseThrow(() -> {
            client.send(DirectoryProtocol.SNAPSHOT);
            return new DatabaseUnavailableException(new TimeoutException("there is no configuration snapshot yet"));
        });
    }
}

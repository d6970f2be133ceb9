package dev.tollgate.guard;

import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.limit.BanRepository.BannedCaller;
import dev.tollgate.core.limit.RouteModeStore;
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
 * Keys, tiers, switched routes and callers banned for good as a node with a database tells them. While no such node answers,
 * every question fails at once but for a probe now and then: requests must not stand waiting for nobody. Thread-safe.
 */
final class RemoteDirectory implements AccountDirectory, RouteModeStore {

    private final DirectoryClient inquiries;
    private final ConfigSnapshot lists;
    private final Duration patience;
    private final CircuitBreaker breaker;

    /**
     * @param inquiries asks about keys
     * @param lists what is shared
     * @param patience how long a request waits for an answer
     */
    RemoteDirectory(DirectoryClient inquiries, ConfigSnapshot lists, Duration patience) {
        this.inquiries = inquiries;
        this.lists = lists;
        this.patience = patience;
        this.breaker = new CircuitBreaker(3, 100, 500, 2_000);
    }

    @Override
    public Optional<ResolvedKey> findByHash(String hash) {
        if (!breaker.tryAcquirePermission(now())) {
            throw new DatabaseUnavailableException(new TimeoutException("nobody answered a moment ago"));
        }
        try {
            String answer = inquiries.ask(DirectoryProtocol.key(hash)).get(patience.toMillis(), TimeUnit.MILLISECONDS);
            breaker.onSuccess();
            if (DirectoryProtocol.isUnavailable(answer)) {
                throw new DatabaseUnavailableException(new TimeoutException("the database is away"));
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
        throw new UnsupportedOperationException("a guard edits nothing");
    }

    @Override
    public List<Tier> tiers() {
        return lists().tiers();
    }

    @Override
    public Map<String, Boolean> all() {
        return lists().modes();
    }

    @Override
    public void put(String name, Optional<Boolean> shadow) {
        throw new UnsupportedOperationException("a guard edits nothing");
    }

    /** The callers banned for good. */
    List<BannedCaller> banned(int most) {
        List<BannedCaller> all = lists().banned();
        return all.subList(0, Math.min(most, all.size()));
    }

    /** What is shared; if there is nothing, whoever has a database is asked to share it, and the reading is to be repeated. */
    private Content lists() {
        Optional<Content> shared;
        try {
            shared = lists.read();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseUnavailableException(e);
        } catch (Exception e) {
            throw new DatabaseUnavailableException(e);
        }
        return shared.orElseThrow(() -> {
            inquiries.send(DirectoryProtocol.LISTS);
            return new DatabaseUnavailableException(new TimeoutException("nobody has shared tiers yet"));
        });
    }
}

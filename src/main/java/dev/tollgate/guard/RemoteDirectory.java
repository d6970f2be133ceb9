package dev.tollgate.guard;

import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.DirectoryUnavailableException;
import dev.tollgate.core.account.KnownKey;
import dev.tollgate.core.limit.BanRecords.BannedCaller;
import dev.tollgate.core.limit.RouteModeStore;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.gate.Breaker;
import dev.tollgate.redis.sync.ConfigSnapshot.Content;
import dev.tollgate.redis.sync.ConfigSnapshot;
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
    private final Breaker breaker;

    /**
     * @param inquiries asks about keys
     * @param lists what is shared
     * @param patience how long a request waits for an answer
     */
    RemoteDirectory(DirectoryClient inquiries, ConfigSnapshot lists, Duration patience) {
        this.inquiries = inquiries;
        this.lists = lists;
        this.patience = patience;
        this.breaker = new Breaker(3, 100, 500, 2_000);
    }

    @Override
    public Optional<KnownKey> findByHash(String hash) {
        if (!breaker.permits(now())) {
            throw new DirectoryUnavailableException(new TimeoutException("nobody answered a moment ago"));
        }
        try {
            String answer = inquiries.ask(DirectoryProtocol.key(hash)).get(patience.toMillis(), TimeUnit.MILLISECONDS);
            breaker.succeeded();
            if (DirectoryProtocol.isUnavailable(answer)) {
                throw new DirectoryUnavailableException(new TimeoutException("the database is away"));
            }
            return DirectoryProtocol.readKey(answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            breaker.failed(now());
            throw new DirectoryUnavailableException(e);
        } catch (ExecutionException | TimeoutException | IllegalArgumentException e) {
            breaker.failed(now());
            throw new DirectoryUnavailableException(e);
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
            throw new DirectoryUnavailableException(e);
        } catch (Exception e) {
            throw new DirectoryUnavailableException(e);
        }
        return shared.orElseThrow(() -> {
            inquiries.send(DirectoryProtocol.LISTS);
            return new DirectoryUnavailableException(new TimeoutException("nobody has shared tiers yet"));
        });
    }
}

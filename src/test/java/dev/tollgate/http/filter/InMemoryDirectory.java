package dev.tollgate.http.filter;

import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.account.PrincipalName;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.account.RouteModeStore;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanRepository;
import dev.tollgate.core.limit.BanRepository.BannedCaller;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.gate.ApiKeyCache;
import dev.tollgate.gate.PrincipalAccounts;
import dev.tollgate.http.address.ForwardedAddressResolver;
import dev.tollgate.http.principal.PrincipalResolver;
import dev.tollgate.http.principal.PrincipalResolver.RoleTier;
import dev.tollgate.http.principal.PrincipalSource;
import dev.tollgate.redis.seal.Sealing;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What PostgreSQL would know, in maps that the nodes of a test share. It can be switched off. Thread-safe. */
final class InMemoryDirectory implements AccountDirectory, RouteModeStore {

    final Map<String, ResolvedKey> keys = new ConcurrentHashMap<>();
    final Map<String, Tier> tiers = new ConcurrentHashMap<>(Map.of(
            "free", new Tier("free", OptionalLong.of(10), OptionalLong.of(1_000)),
            "pro", new Tier("pro", OptionalLong.of(100), OptionalLong.of(50_000)),
            "enterprise", new Tier("enterprise", OptionalLong.empty(), OptionalLong.empty()),
            "anonymous", new Tier("anonymous", OptionalLong.of(10), OptionalLong.empty())));
    final AtomicInteger lookups = new AtomicInteger();

    /** The secret that PostgreSQL would keep for all nodes. */
    final Sealing sealing = Sealing.ofThisProcess();

    /** Accounts that nodes started from now on never limit. */
    final Set<String> allowedAccounts = ConcurrentHashMap.newKeySet();

    /** How far the nodes' clocks are ahead when they tell expired keys. */
    final AtomicLong aheadMillis = new AtomicLong();

    volatile boolean away;

    /** What {@code tollgate.principals} is for nodes started from now on. */
    String principals = "off";

    /** Whether nodes started from now on make accounts at first sight. */
    boolean createsAccounts;

    static final int MOST_PRINCIPALS = 50;

    /** How many accounts were asked for. */
    final AtomicInteger created = new AtomicInteger();

    final Map<Caller, Ban> addressBans = new ConcurrentHashMap<>();
    final BanRepository bans = new BanRepository() {
        @Override
        public void keep(Caller caller, Ban permanent) {
            addressBans.put(caller, permanent);
        }

        @Override
        public List<BannedCaller> permanent(int most) {
            return addressBans.entrySet().stream()
                    .map(entry -> new BannedCaller(entry.getKey(), entry.getValue()))
                    .toList();
        }

        @Override
        public boolean forget(Caller caller) {
            return addressBans.remove(caller) != null;
        }

        @Override
        public Page<BannedCaller> active(PageRequest request, long nowMillis) {
            throw new UnsupportedOperationException("not asked by a gate");
        }
    };

    String newAccount() {
        return UUID.randomUUID().toString();
    }

    /** A new key of an account; returns the secret. */
    String newKey(String account, String tier, OptionalLong window) {
        return newKey(account, tier, window, null);
    }

    /** The same that ends at an instant; null for never. */
    String newKey(String account, String tier, OptionalLong window, Instant expiresAt) {
        ApiKeyToken token = ApiKeyToken.generate();
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
                                expiresAt,
                                window),
                        tier));
        return token.reveal();
    }

    @Override
    public Optional<ResolvedKey> findByHash(String hash) {
        lookups.incrementAndGet();
        check();
        return Optional.ofNullable(keys.get(hash));
    }

    /** The resolver of principals of a node that is started now. */
    PrincipalResolver principals(ForwardedAddressResolver addresses, ApiKeyCache known) {
        PrincipalAccounts accounts = new PrincipalAccounts(createsAccounts, MOST_PRINCIPALS, this);
        return new PrincipalResolver(
                PrincipalSource.parse(principals),
                addresses,
                known,
                accounts,
                List.of(new RoleTier("gold", "pro"), new RoleTier("*", "free")));
    }

    @Override
    public synchronized Optional<ResolvedKey> createForPrincipal(PrincipalName name, String tier, int most) {
        check();
        if (!keys.containsKey(name.hash()) && created.incrementAndGet() <= most) {
            link(newAccount(), tier, name.text());
        }
        return Optional.ofNullable(keys.get(name.hash()));
    }

    /** A principal of an account. */
    void link(String account, String tier, String name) {
        ApiKey key = new ApiKey(
                UUID.randomUUID().toString(), account, name, "", true, Instant.EPOCH, null, OptionalLong.empty());
        keys.put(new PrincipalName(name).hash(), new ResolvedKey(key, tier));
    }

    @Override
    public Optional<String> tierOf(String accountId) {
        check();
        return keys.values().stream()
                .filter(key -> key.key().accountId().equals(accountId))
                .map(ResolvedKey::tier)
                .findFirst();
    }

    @Override
    public List<Tier> tiers() {
        check();
        return List.copyOf(tiers.values());
    }

    private void check() {
        if (away) {
            throw new DatabaseUnavailableException(new IllegalStateException("switched off"));
        }
    }

    /** No mode was switched. */
    @Override
    public Map<String, Boolean> all() {
        return Map.of();
    }

    @Override
    public void put(String name, Optional<Boolean> shadow) {
        throw new UnsupportedOperationException();
    }
}

package dev.tollgate.postgres.account;

import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.ApiKeys;
import dev.tollgate.core.account.KeyDetails;
import dev.tollgate.core.account.KeySettings;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.postgres.support.Database;
import dev.tollgate.postgres.support.Uuids;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** API keys by JPA. Thread-safe; blocks. */
@ApplicationScoped
public class JpaApiKeys implements ApiKeys {

    /** The advisory lock of making keys: one transaction at a time, so that no two make a key of one hash. */
    private static final String LOCK = "SELECT pg_advisory_xact_lock(x'746f6c6c6b657973'::bigint)";

    private static final String OPEN_ACCOUNTS = """
            SELECT CAST(id AS text) FROM accounts WHERE id = ANY(CAST(?1 AS uuid[])) AND closed_at IS NULL
            ORDER BY id FOR SHARE
            """;

    private static final String KNOWN = """
            SELECT CAST(key_hash AS text) FROM api_keys WHERE key_hash = ANY(CAST(?1 AS bpchar[]))
            UNION SELECT CAST(key_hash AS text) FROM retired_secrets WHERE key_hash = ANY(CAST(?1 AS bpchar[]))
            """;

    private final Database database;
    private final Clock clock;

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected JpaApiKeys() {
        this(null, null);
    }

    /** Creates it over a database. */
    @Inject
    public JpaApiKeys(Database database) {
        this(database, Clock.systemUTC());
    }

    JpaApiKeys(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public List<KeyDetails> create(List<NewKey> keys) {
        return database.inTransaction(entities -> {
            refuseImpossible(entities, keys);
            Instant now = now();
            List<UUID> ids = new ArrayList<>();
            for (NewKey key : keys) {
                UUID id = UUID.randomUUID();
                entities.persist(new ApiKeyEntity(id, key, now));
                ids.add(id);
            }
            return new KeyRows(entities, now).details(ids);
        });
    }

    private static void refuseImpossible(EntityManager entities, List<NewKey> keys) {
        entities.createNativeQuery(LOCK).getSingleResult();
        Set<String> ids = keys.stream()
                .flatMap(key -> Uuids.parse(key.accountId()).stream())
                .map(UUID::toString)
                .collect(Collectors.toSet());
        Set<String> open = texts(entities, OPEN_ACCOUNTS, ids);
        Set<String> absent = keys.stream()
                .map(NewKey::accountId)
                .filter(id -> Uuids.parse(id)
                        .map(UUID::toString)
                        .filter(open::contains)
                        .isEmpty())
                .collect(Collectors.toSet());
        Set<String> known =
                texts(entities, KNOWN, keys.stream().map(NewKey::hash).collect(Collectors.toSet()));
        if (!absent.isEmpty() || !known.isEmpty()) {
            throw new NotCreatedException(absent, known);
        }
    }

    /** Asks about texts that need no quoting in an array: ids and hashes. */
    private static Set<String> texts(EntityManager entities, String query, Set<String> about) {
        List<?> rows = entities.createNativeQuery(query)
                .setParameter(1, "{" + String.join(",", about) + "}")
                .getResultList();
        return rows.stream().map(String::valueOf).collect(Collectors.toSet());
    }

    @Override
    public Optional<KeyDetails> find(String id) {
        return Uuids.parse(id)
                .flatMap(uuid -> database.inTransaction(entities -> new KeyRows(entities, now())
                        .details(List.of(uuid)).stream().findFirst()));
    }

    @Override
    public Page<KeyDetails> page(Optional<String> accountId, PageRequest request) {
        Optional<UUID> account = accountId.map(id -> Uuids.parse(id).orElseGet(Uuids::none));
        return database.inTransaction(entities -> new KeyRows(entities, now()).page(account, request));
    }

    @Override
    public Optional<Edit> revoke(String id) {
        return edit(id, (entities, key) -> {
            boolean possible = !key.isRevoked();
            if (possible) {
                key.revoke(now());
            }
            return possible;
        });
    }

    @Override
    public Optional<Edit> rotate(String id, ApiKeyToken token, Duration overlap) {
        return edit(id, (entities, key) -> {
            boolean possible = key.key().active() && !key.isPrincipal();
            if (possible) {
                Instant now = now();
                Instant until = now.plus(overlap);
                entities.createQuery("UPDATE RetiredSecretEntity r SET r.validUntil = :until"
                                + " WHERE r.keyId = :id AND r.validUntil > :until")
                        .setParameter("until", until)
                        .setParameter("id", key.id())
                        .executeUpdate();
                // A client that goes on with the old secret is told so, and not taken for one that guesses keys.
                entities.persist(new RetiredSecretEntity(
                        key.hash(), key.key().prefix(), key.id(), now, overlap.isZero() ? null : until));
                key.identifyBy(token.hash(), token.prefix());
            }
            return possible;
        });
    }

    @Override
    public Optional<Edit> change(String id, UnaryOperator<KeySettings> change) {
        return edit(id, (entities, key) -> {
            if (key.isRevoked()) {
                return false;
            }
            KeySettings before = settings(key);
            KeySettings after = change.apply(before);
            key.set(after, now());
            return !after.equals(before);
        });
    }

    private static KeySettings settings(ApiKeyEntity key) {
        return KeySettings.of(key.key(), key.note());
    }

    private Optional<Edit> edit(String id, BiPredicate<EntityManager, ApiKeyEntity> work) {
        return Uuids.parse(id)
                .flatMap(uuid -> database.inTransaction(entities -> Optional.ofNullable(
                                entities.find(ApiKeyEntity.class, uuid, LockModeType.PESSIMISTIC_WRITE))
                        .map(key -> {
                            KeyRows rows = new KeyRows(entities, now());
                            KeyDetails before = rows.details(List.of(uuid)).get(0);
                            List<String> hashes = hashes(entities, key);
                            boolean done = work.test(entities, key);
                            return new Edit(before, rows.details(List.of(uuid)).get(0), hashes, done);
                        })));
    }

    private List<String> hashes(EntityManager entities, ApiKeyEntity key) {
        List<String> hashes = new ArrayList<>();
        hashes.add(key.hash());
        hashes.addAll(entities.createQuery(
                        "SELECT r.hash FROM RetiredSecretEntity r WHERE r.keyId = :id AND r.validUntil > :now",
                        String.class)
                .setParameter("id", key.id())
                .setParameter("now", now())
                .getResultList());
        return hashes;
    }
}

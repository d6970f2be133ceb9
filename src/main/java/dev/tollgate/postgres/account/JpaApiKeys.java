package dev.tollgate.postgres.account;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.ApiKeys;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.postgres.support.Database;
import dev.tollgate.postgres.support.LikePatterns;
import dev.tollgate.postgres.support.Uuids;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.TypedQuery;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** API keys by JPA. Thread-safe; blocks. */
@ApplicationScoped
public class JpaApiKeys implements ApiKeys {

    private static final String WHERE = " FROM ApiKeyEntity k WHERE (:everyAccount = TRUE OR k.accountId = :account)"
            + " AND (k.id = :id OR LOWER(k.name) LIKE :text ESCAPE '!' OR LOWER(k.prefix) LIKE :start ESCAPE '!'"
            + " OR LOWER(k.longPrefix) LIKE :start ESCAPE '!'"
            + " OR k.id IN (SELECT r.keyId FROM RetiredSecretEntity r WHERE LOWER(r.prefix) LIKE :start ESCAPE '!'))";

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
    public ApiKey create(
            String accountId,
            String name,
            ApiKeyToken token,
            @Nullable Instant expiresAt,
            OptionalLong windowLimit,
            @Nullable Boolean postUsage) {
        ApiKeyEntity key = new ApiKeyEntity(UUID.randomUUID(), UUID.fromString(accountId), name, token, now());
        key.restrict(expiresAt, windowLimit);
        key.permitPosting(postUsage);
        return database.inTransaction(entities -> {
            entities.persist(key);
            return key.key();
        });
    }

    @Override
    public Optional<ApiKey> find(String id) {
        return Uuids.parse(id)
                .flatMap(uuid ->
                        database.inTransaction(entities -> Optional.ofNullable(entities.find(ApiKeyEntity.class, uuid))
                                .map(ApiKeyEntity::key)));
    }

    @Override
    public Page<ApiKey> page(Optional<String> accountId, PageRequest request) {
        UUID account = accountId.flatMap(Uuids::parse).orElseGet(Uuids::none);
        return database.inTransaction(entities -> {
            TypedQuery<Long> count = entities.createQuery("SELECT COUNT(k)" + WHERE, Long.class);
            TypedQuery<ApiKeyEntity> rows =
                    entities.createQuery("SELECT k" + WHERE + " ORDER BY k.createdAt DESC, k.id", ApiKeyEntity.class);
            for (TypedQuery<?> query : List.of(count, rows)) {
                query.setParameter("everyAccount", accountId.isEmpty());
                query.setParameter("account", account);
                query.setParameter("id", Uuids.parse(request.q()).orElseGet(Uuids::none));
                query.setParameter("text", LikePatterns.containing(request.q()));
                query.setParameter("start", LikePatterns.starting(request.q()));
            }
            List<ApiKey> items =
                    rows.setFirstResult(request.offset()).setMaxResults(request.size()).getResultList().stream()
                            .map(ApiKeyEntity::key)
                            .toList();
            return Page.of(request, items, count.getSingleResult());
        });
    }

    @Override
    public Optional<Edit> revoke(String id) {
        return edit(id, (entities, key) -> {
            boolean active = key.key().active();
            if (active) {
                key.revoke(now());
            }
            return active;
        });
    }

    @Override
    public Optional<Edit> rotate(String id, ApiKeyToken token) {
        return edit(id, (entities, key) -> {
            boolean active = key.key().active();
            if (active) {
                // A client that goes on with the old secret is told so, and not taken for one that guesses keys.
                entities.persist(new RetiredSecretEntity(key.hash(), key.key().prefix(), UUID.fromString(id), now()));
                key.identifyBy(token);
            }
            return active;
        });
    }

    @Override
    public Optional<Edit> permitPosting(String id, @Nullable Boolean postUsage) {
        return edit(id, (entities, key) -> {
            boolean changes = key.key().active() && !Objects.equals(key.key().postUsage(), postUsage);
            if (changes) {
                key.permitPosting(postUsage);
            }
            return changes;
        });
    }

    private Optional<Edit> edit(String id, BiPredicate<EntityManager, ApiKeyEntity> work) {
        return Uuids.parse(id)
                .flatMap(uuid -> database.inTransaction(entities -> Optional.ofNullable(
                                entities.find(ApiKeyEntity.class, uuid, LockModeType.PESSIMISTIC_WRITE))
                        .map(key -> {
                            String hash = key.hash();
                            boolean done = work.test(entities, key);
                            return new Edit(key.key(), hash, done);
                        })));
    }
}

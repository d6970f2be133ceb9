package dev.tollgate.postgres.account;

import dev.tollgate.core.account.Account;
import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.account.PrincipalName;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.postgres.support.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The account directory by JPA. A failure of the database is an exception, never an unknown key. Thread-safe; blocks. */
@ApplicationScoped
public class JpaAccountDirectory implements AccountDirectory {

    private static final String OWN_LIMITS = " LEFT JOIN AccountLimitsEntity l ON l.accountId = k.accountId";

    private static final String BY_HASH = "SELECT k, a.tier, l FROM ApiKeyEntity k" + OWN_LIMITS
            + ", AccountEntity a WHERE a.id = k.accountId AND k.hash = :hash";

    private static final String BY_RETIRED_HASH = "SELECT k, a.tier, l FROM ApiKeyEntity k" + OWN_LIMITS
            + ", RetiredSecretEntity r, AccountEntity a"
            + " WHERE a.id = k.accountId AND k.id = r.keyId AND r.hash = :hash";

    private final Database database;

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected JpaAccountDirectory() {
        this(null);
    }

    /** Creates it over a database. */
    @Inject
    public JpaAccountDirectory(Database database) {
        this.database = database;
    }

    @Override
    public Optional<ResolvedKey> findByHash(String hash) {
        try {
            return database.inTransaction(entities -> keys(entities, BY_HASH, hash)
                    .map(row -> resolved(((ApiKeyEntity) row[0]).key(), row))
                    .findFirst()
                    .or(() -> keys(entities, BY_RETIRED_HASH, hash)
                            .map(row -> resolved(retired(entities, hash, ((ApiKeyEntity) row[0]).key()), row))
                            .findFirst()));
        } catch (RuntimeException e) {
            throw unavailable(e);
        }
    }

    private static ResolvedKey resolved(ApiKey key, Object[] row) {
        return new ResolvedKey(key, (String) row[1], row[2] instanceof AccountLimitsEntity own ? own.override() : null);
    }

    private static ApiKey retired(EntityManager entities, String hash, ApiKey key) {
        return entities.find(RetiredSecretEntity.class, hash).retire(key);
    }

    private static Stream<Object[]> keys(EntityManager entities, String query, String hash) {
        return entities.createQuery(query, Object[].class).setParameter("hash", hash).getResultList().stream();
    }

    @Override
    public Optional<ResolvedKey> createForPrincipal(PrincipalName name, String tier, int most) {
        try {
            return new JpaPrincipals(database).create(name, tier, most) ? findByHash(name.hash()) : Optional.empty();
        } catch (RuntimeException e) {
            throw unavailable(e);
        }
    }

    @Override
    public Optional<String> tierOf(String accountId) {
        try {
            return new JpaAccounts(database).find(accountId).map(Account::tier);
        } catch (RuntimeException e) {
            throw unavailable(e);
        }
    }

    @Override
    public List<Tier> tiers() {
        try {
            return new JpaTiers(database).all();
        } catch (RuntimeException e) {
            throw unavailable(e);
        }
    }

    private static DatabaseUnavailableException unavailable(RuntimeException e) {
        return e instanceof DatabaseUnavailableException known ? known : new DatabaseUnavailableException(e);
    }
}

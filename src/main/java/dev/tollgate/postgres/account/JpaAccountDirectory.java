package dev.tollgate.postgres.account;

import dev.tollgate.core.account.Account;
import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.postgres.support.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;

/** What the gate asks of accounts, keys and tiers, through JPA. Whatever goes wrong, it never says that a key is unknown. */
@ApplicationScoped
public class JpaAccountDirectory implements AccountDirectory {

    private static final String BY_HASH =
            "SELECT k, a.tier FROM ApiKeyEntity k, AccountEntity a WHERE a.id = k.accountId AND k.hash = :hash";

    private final Database database;

    /** For the container's proxy. */
    protected JpaAccountDirectory() {
        this(null);
    }

    /** In the given database. */
    @Inject
    public JpaAccountDirectory(Database database) {
        this.database = database;
    }

    @Override
    public Optional<ResolvedKey> findByHash(String hash) {
        try {
            return database.inTransaction(entities ->
                    entities.createQuery(BY_HASH, Object[].class).setParameter("hash", hash).getResultList().stream()
                            .map(row -> new ResolvedKey(((ApiKeyEntity) row[0]).key(), (String) row[1]))
                            .findFirst());
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

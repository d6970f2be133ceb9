package dev.tollgate.postgres.account;

import dev.tollgate.core.account.LimitOverride;
import dev.tollgate.core.account.LimitOverrides;
import dev.tollgate.postgres.support.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/** Overrides of accounts' limits by JPA. Thread-safe; blocks. */
@ApplicationScoped
public class JpaLimitOverrides implements LimitOverrides {

    private final Database database;
    private final Clock clock;

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected JpaLimitOverrides() {
        this(null, null);
    }

    /** Creates it over a database. */
    @Inject
    public JpaLimitOverrides(Database database) {
        this(database, Clock.systemUTC());
    }

    JpaLimitOverrides(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public Optional<LimitOverride> find(String accountId) {
        UUID id = UUID.fromString(accountId);
        return database.inTransaction(entities -> Optional.ofNullable(entities.find(AccountLimitsEntity.class, id))
                .map(AccountLimitsEntity::override));
    }

    @Override
    public Optional<LimitOverride> put(String accountId, LimitOverride override) {
        UUID id = UUID.fromString(accountId);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return database.inTransaction(entities -> {
            // The account's row, since of two that set the first override there is none of theirs to lock.
            entities.find(AccountEntity.class, id, LockModeType.PESSIMISTIC_WRITE);
            AccountLimitsEntity row = entities.find(AccountLimitsEntity.class, id);
            Optional<LimitOverride> before = Optional.ofNullable(row).map(AccountLimitsEntity::override);
            if (row == null) {
                row = new AccountLimitsEntity(id);
                row.set(override, now);
                entities.persist(row);
            } else {
                row.set(override, now);
            }
            return before;
        });
    }

    @Override
    public Optional<LimitOverride> remove(String accountId) {
        UUID id = UUID.fromString(accountId);
        return database.inTransaction(entities -> {
            AccountLimitsEntity row = entities.find(AccountLimitsEntity.class, id, LockModeType.PESSIMISTIC_WRITE);
            if (row == null) {
                return Optional.empty();
            }
            LimitOverride before = row.override();
            entities.remove(row);
            return Optional.of(before);
        });
    }
}

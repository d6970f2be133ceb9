package dev.tollgate.postgres.account;

import dev.tollgate.core.account.Tiers;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.postgres.support.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.LockModeType;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Tiers by JPA. Thread-safe; blocks. */
@ApplicationScoped
public class JpaTiers implements Tiers {

    private final Database database;
    private final Clock clock;

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected JpaTiers() {
        this(null, null);
    }

    /** Creates it over a database. */
    @Inject
    public JpaTiers(Database database) {
        this(database, Clock.systemUTC());
    }

    JpaTiers(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public List<Tier> all() {
        return database.inTransaction(entities ->
                entities
                        .createQuery("SELECT t FROM TierEntity t ORDER BY t.name", TierEntity.class)
                        .getResultList()
                        .stream()
                        .map(TierEntity::tier)
                        .toList());
    }

    @Override
    public Optional<Tier> find(String name) {
        return database.inTransaction(entities ->
                Optional.ofNullable(entities.find(TierEntity.class, name)).map(TierEntity::tier));
    }

    @Override
    public Optional<Tier> change(Tier tier) {
        return database.inTransaction(entities -> {
            TierEntity row = entities.find(TierEntity.class, tier.name(), LockModeType.PESSIMISTIC_WRITE);
            Optional<Tier> before = Optional.ofNullable(row).map(TierEntity::tier);
            if (row != null) {
                row.set(tier, now());
            }
            return before;
        });
    }

    @Override
    public boolean create(Tier tier) {
        return database.inTransaction(entities -> {
            // Of two that create the same tier at once, one is told that it exists.
            int created = entities.createNativeQuery(
                            "INSERT INTO tiers (name, updated_at) VALUES (?, ?) ON CONFLICT DO NOTHING")
                    .setParameter(1, tier.name())
                    .setParameter(2, Timestamp.from(now()))
                    .executeUpdate();
            if (created == 1) {
                entities.find(TierEntity.class, tier.name(), LockModeType.PESSIMISTIC_WRITE)
                        .set(tier, now());
            }
            return created == 1;
        });
    }

    @Override
    public OptionalLong delete(String name) {
        return database.inTransaction(entities -> {
            // A transaction that gives an account this tier waits for this one, and then finds no tier.
            TierEntity row = entities.find(TierEntity.class, name, LockModeType.PESSIMISTIC_WRITE);
            if (row == null) {
                return OptionalLong.empty();
            }
            long open = entities.createQuery(
                            "SELECT COUNT(a) FROM AccountEntity a WHERE a.tier = :tier AND a.closedAt IS NULL",
                            Long.class)
                    .setParameter("tier", name)
                    .getSingleResult();
            if (open == 0) {
                entities.createQuery("UPDATE AccountEntity a SET a.tier = :other WHERE a.tier = :tier")
                        .setParameter("other", Tier.ANONYMOUS)
                        .setParameter("tier", name)
                        .executeUpdate();
                entities.remove(row);
            }
            return OptionalLong.of(open);
        });
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}

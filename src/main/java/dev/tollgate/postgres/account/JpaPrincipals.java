package dev.tollgate.postgres.account;

import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.PrincipalName;
import dev.tollgate.core.account.Principals;
import dev.tollgate.postgres.support.Database;
import dev.tollgate.postgres.support.Uuids;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Principals by JPA, as keys of their own kind. Thread-safe; blocks. */
@ApplicationScoped
public class JpaPrincipals implements Principals {

    private static final int MAX_LISTED = 1_000;

    /** Rows read for a list; those of principals that were unlinked are left out of it. */
    private static final int MAX_READ = 10 * MAX_LISTED;

    private final Database database;
    private final Clock clock;

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected JpaPrincipals() {
        this(null, null);
    }

    /** Creates it over a database. */
    @Inject
    public JpaPrincipals(Database database) {
        this(database, Clock.systemUTC());
    }

    JpaPrincipals(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public Optional<Linked> link(String accountId, PrincipalName name) {
        return database.inTransaction(entities -> insert(entities, UUID.fromString(accountId), name));
    }

    private Optional<Linked> insert(EntityManager entities, UUID account, PrincipalName name) {
        UUID id = UUID.randomUUID();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        int inserted = entities.createNativeQuery(
                        "INSERT INTO api_keys (id, account_id, name, key_hash, prefix, kind, created_at)"
                                + " SELECT ?, a.id, ?, ?, '', 'principal', ? FROM (SELECT id FROM accounts"
                                + " WHERE id = ? AND closed_at IS NULL FOR SHARE) AS a ON CONFLICT (key_hash) DO NOTHING")
                .setParameter(1, id)
                .setParameter(2, name.text())
                .setParameter(3, name.hash())
                .setParameter(4, Timestamp.from(now))
                .setParameter(5, account)
                .executeUpdate();
        return inserted == 1 ? Optional.of(new Linked(id.toString(), name.text(), now)) : Optional.empty();
    }

    /**
     * Makes an account for a principal, unless it has one or there are that many principals. Nodes do so one after the other.
     *
     * @return whether there is one now
     */
    boolean create(PrincipalName name, String tier, int most) {
        return database.inTransaction(entities -> {
            entities.createNativeQuery("SELECT CAST(pg_advisory_xact_lock(hashtext('tollgate.principals')) AS text)")
                    .getSingleResult();
            Object[] there =
                    (Object[]) entities.createNativeQuery("SELECT (SELECT count(*) FROM api_keys WHERE key_hash = ?),"
                                    + " (SELECT count(*) FROM api_keys WHERE kind = 'principal'),"
                                    + " (SELECT count(*) FROM tiers WHERE name = ? AND name <> 'anonymous')")
                            .setParameter(1, name.hash())
                            .setParameter(2, tier)
                            .getSingleResult();
            boolean known = ((Number) there[0]).longValue() > 0;
            if (known || ((Number) there[1]).longValue() >= most || ((Number) there[2]).longValue() == 0) {
                return known;
            }
            AccountEntity account = new AccountEntity(
                    UUID.randomUUID(), name.text(), tier, clock.instant().truncatedTo(ChronoUnit.MILLIS));
            entities.persist(account);
            entities.flush();
            if (insert(entities, UUID.fromString(account.account().id()), name).isEmpty()) {
                // Somebody has linked the principal meanwhile.
                entities.remove(account);
            }
            return true;
        });
    }

    @Override
    public List<Linked> of(String accountId) {
        UUID account = UUID.fromString(accountId);
        return database.inTransaction(entities -> {
            List<?> rows = entities.createNativeQuery(
                            "SELECT CAST(id AS text), name, created_at, key_hash FROM api_keys"
                                    + " WHERE account_id = ? AND kind = 'principal' ORDER BY name, id")
                    .setParameter(1, account)
                    .setMaxResults(MAX_READ)
                    .getResultList();
            return rows.stream()
                    .map(row -> (Object[]) row)
                    .filter(row -> isLinked((String) row[1], (String) row[3]))
                    .limit(MAX_LISTED)
                    .map(row -> new Linked((String) row[0], (String) row[1], ((Timestamp) row[2]).toInstant()))
                    .toList();
        });
    }

    /** A row whose hash is not its name's was unlinked, and is kept for its usage. */
    private static boolean isLinked(String name, String hash) {
        return new PrincipalName(name).hash().equals(hash);
    }

    @Override
    public Optional<PrincipalName> unlink(String accountId, String id) {
        return Uuids.parse(id)
                .flatMap(uuid -> database.inTransaction(entities -> {
                    List<?> rows = entities.createNativeQuery("SELECT name, key_hash FROM api_keys"
                                    + " WHERE id = ? AND account_id = ? AND kind = 'principal' FOR UPDATE")
                            .setParameter(1, uuid)
                            .setParameter(2, UUID.fromString(accountId))
                            .getResultList();
                    Object[] row = rows.isEmpty() ? null : (Object[]) rows.get(0);
                    if (row == null || !isLinked((String) row[0], (String) row[1])) {
                        return Optional.empty();
                    }
                    // The hash of nothing: the name may be linked again, and the usage stays with this row.
                    entities.createNativeQuery(
                                    "UPDATE api_keys SET active = false, revoked_at = ?, key_hash = ? WHERE id = ?")
                            .setParameter(1, Timestamp.from(clock.instant()))
                            .setParameter(2, ApiKeyToken.generate().hash())
                            .setParameter(3, uuid)
                            .executeUpdate();
                    return Optional.of(new PrincipalName((String) row[0]));
                }));
    }
}

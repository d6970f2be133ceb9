package dev.tollgate.postgres.account;

import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BanRepository;
import dev.tollgate.core.limit.BanRepository.BannedCaller;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.postgres.support.Database;
import dev.tollgate.postgres.support.DetailsJson;
import dev.tollgate.postgres.support.LikePatterns;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/** Bans in PostgreSQL: permanent ones in a table, temporary ones as the audit trail has them. Thread-safe; blocks. */
@ApplicationScoped
public class JpaBanRepository implements BanRepository {

    // Of a caller's temporary bans, the last one counts, unless it has ended since or became permanent. The text of
    // the end is compared first, since the index has its order, which is right to the second; the cast decides.
    private static final String ACTIVE = """
            FROM (
              SELECT caller, 'PERMANENT' AS level, reason, banned_at, CAST(NULL AS timestamptz) AS expires_at
              FROM permanent_bans
              UNION ALL
              SELECT b.caller, b.details ->> 'level', COALESCE(b.details ->> 'reason', ''), b.at,
                     CAST(b.details ->> 'expiresAt' AS timestamptz)
              FROM audit_logs b
              WHERE b.type IN ('BAN_APPLIED', 'BAN_ESCALATED') AND b.caller IS NOT NULL
                AND (b.details ->> 'expiresAt') COLLATE "C" > ?1
                AND CAST(b.details ->> 'expiresAt' AS timestamptz) > ?2
                AND NOT EXISTS (SELECT 1 FROM permanent_bans p WHERE p.caller = b.caller)
                AND NOT EXISTS (
                  SELECT 1 FROM audit_logs later
                  WHERE later.caller = b.caller AND (later.at, later.id) > (b.at, b.id)
                    AND later.type IN ('BAN_APPLIED', 'BAN_ESCALATED', 'BAN_LIFTED', 'BAN_EXPIRED'))
            ) AS bans
            WHERE lower(caller) LIKE ?3 ESCAPE '!' OR lower(reason) LIKE ?3 ESCAPE '!'
            """;

    private static final String KEEP = "INSERT INTO permanent_bans (caller, reason, banned_at) VALUES (?1, ?2, ?3)"
            + " ON CONFLICT (caller) DO NOTHING";

    private static final String KEEP_UNLESS_LIFTED = """
            INSERT INTO permanent_bans (caller, reason, banned_at)
            SELECT b.caller, b.reason, b.banned_at
            FROM (VALUES (CAST(?1 AS text), CAST(?2 AS text), CAST(?3 AS timestamptz))) AS b (caller, reason, banned_at)
            WHERE NOT EXISTS (
              SELECT 1 FROM audit_logs l WHERE l.caller = b.caller AND l.type = 'BAN_LIFTED' AND l.at > b.banned_at)
            ON CONFLICT (caller) DO NOTHING
            """;

    private final Database database;

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected JpaBanRepository() {
        this(null);
    }

    /** Creates it over a database. */
    @Inject
    public JpaBanRepository(Database database) {
        this.database = database;
    }

    @Override
    public void keep(Caller caller, Ban permanent) {
        insert(KEEP, caller, permanent);
    }

    @Override
    public void keepUnlessLifted(Caller caller, Ban permanent) {
        insert(KEEP_UNLESS_LIFTED, caller, permanent);
    }

    private void insert(String sql, Caller caller, Ban permanent) {
        if (!permanent.level().isPermanent()) {
            throw new IllegalArgumentException("only permanent bans are stored");
        }
        database.inTransaction(entities -> entities.createNativeQuery(sql)
                .setParameter(1, caller.id())
                .setParameter(2, DetailsJson.storable(permanent.reason()))
                .setParameter(3, Timestamp.from(Instant.ofEpochMilli(permanent.bannedAt())))
                .executeUpdate());
    }

    @Override
    public List<BannedCaller> permanent(int most) {
        return database.inTransaction(entities -> {
            List<?> rows = entities.createNativeQuery(
                            "SELECT caller, 'PERMANENT', reason, banned_at, CAST(NULL AS timestamptz) FROM permanent_bans"
                                    + " ORDER BY banned_at DESC")
                    .setMaxResults(most)
                    .getResultList();
            return rows.stream().map(row -> banned((Object[]) row)).toList();
        });
    }

    @Override
    public boolean forget(Caller caller) {
        return database.inTransaction(
                entities -> entities.createQuery("DELETE FROM PermanentBanEntity b WHERE b.caller = :caller")
                                .setParameter("caller", caller.id())
                                .executeUpdate()
                        > 0);
    }

    @Override
    public Page<BannedCaller> active(PageRequest request, long nowMillis) {
        return database.inTransaction(entities -> {
            Number total = (Number) query(entities, "SELECT count(*) " + ACTIVE, request, nowMillis)
                    .getSingleResult();
            List<?> rows = query(
                            entities,
                            "SELECT caller, level, reason, banned_at, expires_at " + ACTIVE
                                    + " ORDER BY expires_at IS NOT NULL, banned_at DESC, caller",
                            request,
                            nowMillis)
                    .setFirstResult(request.offset())
                    .setMaxResults(request.size())
                    .getResultList();
            return Page.of(
                    request, rows.stream().map(row -> banned((Object[]) row)).toList(), total.longValue());
        });
    }

    private static Query query(EntityManager entities, String sql, PageRequest request, long nowMillis) {
        Instant now = Instant.ofEpochMilli(nowMillis);
        return entities.createNativeQuery(sql)
                .setParameter(1, now.minusSeconds(1).toString())
                .setParameter(2, Timestamp.from(now))
                .setParameter(3, LikePatterns.containing(request.q()));
    }

    private static BannedCaller banned(Object[] row) {
        long bannedAt = ((Timestamp) row[3]).getTime();
        String label = (String) row[1];
        if (row[4] == null) {
            return new BannedCaller(
                    Caller.parse((String) row[0]),
                    new Ban(BanLevel.PERMANENT, (String) row[2], bannedAt, OptionalLong.empty()));
        }
        long expiresAt = ((Timestamp) row[4]).getTime();
        BanLevel level = new BanLevel(label, Math.max(1, expiresAt - bannedAt));
        return new BannedCaller(
                Caller.parse((String) row[0]), new Ban(level, (String) row[2], bannedAt, OptionalLong.of(expiresAt)));
    }
}

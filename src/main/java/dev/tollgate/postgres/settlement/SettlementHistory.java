package dev.tollgate.postgres.settlement;

import dev.tollgate.core.ledger.SettlementLog;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.postgres.support.Database;
import dev.tollgate.postgres.support.DetailsJson;
import dev.tollgate.postgres.support.LikePatterns;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The history of the settlement, by JPA: its batches and the usage it quarantined. Blocks. */
@ApplicationScoped
public class SettlementHistory implements SettlementLog {

    private static final String BATCHES = "FROM settlement_batches WHERE lower(node) LIKE ?1 ESCAPE '!'";

    private static final String SET_ASIDE = "FROM set_aside_usage WHERE (CAST(?2 AS text) IS NULL OR api_key_id = ?2)"
            + " AND (lower(api_key_id) LIKE ?1 ESCAPE '!' OR lower(reason) LIKE ?1 ESCAPE '!')";

    private final Database database;

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected SettlementHistory() {
        this(null);
    }

    /** Creates it over a database. */
    @Inject
    public SettlementHistory(Database database) {
        this.database = database;
    }

    @Override
    public Page<Batch> batches(PageRequest page) {
        return database.inTransaction(entities -> page(
                entities,
                page,
                BATCHES,
                "SELECT id, node, " + millis("settled_at") + ", keys, repeated, set_aside, requests ",
                " ORDER BY id DESC",
                query -> query.setParameter(1, LikePatterns.containing(page.q())),
                row -> new Batch(
                        number(row[0]),
                        (String) row[1],
                        Instant.ofEpochMilli(number(row[2])),
                        (int) number(row[3]),
                        (int) number(row[4]),
                        (int) number(row[5]),
                        whole(row[6]))));
    }

    @Override
    public Page<QuarantinedEntry> setAside(Optional<String> keyId, PageRequest page) {
        String key = keyId.map(DetailsJson::storable).orElse(null);
        return database.inTransaction(entities -> page(
                entities,
                page,
                SET_ASIDE,
                "SELECT batch_id, api_key_id, requests, reason, " + millis("set_aside_at") + " ",
                " ORDER BY batch_id DESC, api_key_id",
                query ->
                        query.setParameter(1, LikePatterns.containing(page.q())).setParameter(2, key),
                row -> new QuarantinedEntry(
                        number(row[0]),
                        (String) row[1],
                        whole(row[2]),
                        (String) row[3],
                        Instant.ofEpochMilli(number(row[4])))));
    }

    private static String millis(String column) {
        return "CAST(extract(epoch FROM " + column + ") * 1000 AS bigint)";
    }

    /** Reads a page. More than five arguments, since a query has these parts and JPA has no builder for native SQL. */
    private static <T> Page<T> page(
            EntityManager entities,
            PageRequest page,
            String from,
            String select,
            String order,
            Function<Query, Query> bind,
            Function<Object[], T> mapper) {
        Number total = (Number) bind.apply(entities.createNativeQuery("SELECT count(*) " + from))
                .getSingleResult();
        List<?> rows = bind.apply(entities.createNativeQuery(select + from + order))
                .setFirstResult(page.offset())
                .setMaxResults(page.size())
                .getResultList();
        return Page.of(
                page, rows.stream().map(row -> mapper.apply((Object[]) row)).toList(), total.longValue());
    }

    private static long number(Object column) {
        return ((Number) column).longValue();
    }

    private static BigInteger whole(Object column) {
        return ((BigDecimal) column).toBigInteger();
    }
}

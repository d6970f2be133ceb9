package dev.tollgate.postgres.report;

import dev.tollgate.core.traffic.DailyUsage;
import dev.tollgate.postgres.support.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Date;
import java.time.LocalDate;
import java.util.List;

/** Sums of all keys' usage per day, by JPA. The cost grows with the keys used on these days. Thread-safe; blocks. */
@ApplicationScoped
public class JpaDailyUsage implements DailyUsage {

    private static final String SUMS = """
            SELECT CAST(d.day AS date), coalesce(sum(u.total_requests), 0), coalesce(sum(u.failed_requests), 0),
                   coalesce(sum(u.total_files_uploaded), 0), coalesce(sum(u.total_file_size), 0)
            FROM generate_series(CAST(?1 AS date), CAST(?2 AS date), interval '1 day') AS d (day)
            LEFT JOIN api_key_usage_daily u ON u.usage_date = CAST(d.day AS date)
            GROUP BY d.day ORDER BY d.day""";

    private final Database database;

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected JpaDailyUsage() {
        this(null);
    }

    /** Creates it over a database. */
    @Inject
    public JpaDailyUsage(Database database) {
        this.database = database;
    }

    @Override
    public List<Day> between(LocalDate first, LocalDate last) {
        return database.inTransaction(entities -> {
            List<?> rows = entities.createNativeQuery(SUMS)
                    .setParameter(1, Date.valueOf(first))
                    .setParameter(2, Date.valueOf(last))
                    .getResultList();
            return rows.stream().map(row -> day((Object[]) row)).toList();
        });
    }

    private static Day day(Object[] row) {
        return new Day(((Date) row[0]).toLocalDate(), whole(row[1]), whole(row[2]), whole(row[3]), whole(row[4]));
    }

    private static BigInteger whole(Object column) {
        return ((BigDecimal) column).toBigInteger();
    }
}

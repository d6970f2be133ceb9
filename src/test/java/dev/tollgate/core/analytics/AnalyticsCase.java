package dev.tollgate.core.analytics;

import dev.tollgate.core.analytics.query.DailyQuery;
import dev.tollgate.core.analytics.query.ProvidersQuery;
import dev.tollgate.core.analytics.query.UploadQuery;
import dev.tollgate.core.usage.UsageEvent;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A real Redis, a real PostgreSQL and a key with usage, for tests of the reports. */
abstract class AnalyticsCase {

    static final LocalDate TODAY = LocalDate.of(2026, 11, 22);
    static final Clock NOON = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);
    static final UploadQuery UPLOAD = UploadQuery.parse(null);
    static final DailyQuery DAILY = DailyQuery.parse(null, null, null, TODAY);
    static final ProvidersQuery PROVIDERS = ProvidersQuery.parse(null, null, null, TODAY);

    static UsageStack stack;

    final Analytics analytics = stack.node(NOON);
    String key;

    @BeforeAll
    static void start() {
        stack = new UsageStack();
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @BeforeEach
    void aNewKey() {
        key = stack.newKey();
        stack.database.statements();
    }

    @AfterEach
    void nothingHappensAfterwards() {
        stack.database.eachTimeAfterwards(() -> {});
    }

    UsageEvent event(String provider, int daysAgo, boolean ok, long bytes, String type) {
        LocalDate day = TODAY.minusDays(daysAgo);
        long at = day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli() + bytes;
        return new UsageEvent(key, provider, day, ok, type == null ? 0 : 1, bytes, type, at);
    }

    void recordOne() {
        stack.record(event("local", 0, true, 1, "image/png"));
    }

    long total() {
        return analytics.upload(key, UPLOAD).orElseThrow().summary().totals().totalRequests();
    }
}

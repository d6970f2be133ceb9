package dev.tollgate.core.analytics;

import dev.tollgate.core.analytics.query.ReportQuery;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The database's answers, counted, and with something that happens between reading the rows and handing them over. */
final class CountingReports implements UsageReports {

    private final UsageReports target;
    private final AtomicInteger statements = new AtomicInteger();
    private volatile Runnable afterwards = () -> {};

    CountingReports(UsageReports target) {
        this.target = target;
    }

    @Override
    public Optional<SettledUsage> settled(String keyId, ReportQuery query) {
        statements.incrementAndGet();
        Optional<SettledUsage> settled = target.settled(keyId, query);
        afterwards.run();
        return settled;
    }

    /** What happens once after the rows are read. */
    void onceAfterwards(Runnable action) {
        afterwards = () -> {
            afterwards = () -> {};
            action.run();
        };
    }

    /** What happens each time after the rows are read. */
    void eachTimeAfterwards(Runnable action) {
        afterwards = action;
    }

    /** How often the database was asked since the last call of this. */
    int statements() {
        return statements.getAndSet(0);
    }
}

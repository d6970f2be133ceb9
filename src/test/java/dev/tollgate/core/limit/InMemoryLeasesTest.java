package dev.tollgate.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.LeaseRequest.LeaseReport;
import java.util.Optional;
import net.jqwik.api.Example;

/** Reports of leases without Redis. GateOracleTest holds the script to the same rules. */
class InMemoryLeasesTest extends InMemoryGateStoreCase {

    private static final long QUOTA = 1_000;
    private static final BillingMonth MONTH = BillingMonth.at(NOW);

    private final GateRequest policies = quota(QUOTA, 1, WindowPolicy.minute(1_000));

    private long charged() {
        return QUOTA - remaining(decide(policies.asPeek()), LimitStatus.MONTH);
    }

    private LeaseGrant lease(int wanted, Optional<LeaseReport> report) {
        return store.lease(new LeaseRequest(policies, "a lease of " + wanted, wanted, 300, report), now);
    }

    private void report(BillingMonth month, long spent) {
        lease(0, Optional.of(new LeaseReport("a lease of 50", month, 0, spent)));
    }

    @Example
    void whatIsNotSpentComesBackToTheMonthItWasChargedTo() {
        assertThat(lease(50, Optional.empty()).units()).isEqualTo(50);
        assertThat(charged()).isEqualTo(50);
        report(MONTH, 20);
        assertThat(charged()).isEqualTo(20);
    }

    @Example
    void aMonthThatTheNodeGuessedWronglyGetsNothingBack() {
        now = MONTH.endMillis() - 1_000;
        decide(policies);
        assertThat(lease(50, Optional.empty()).units()).isEqualTo(50);
        now = MONTH.endMillis();
        for (int i = 0; i < 30; i++) {
            decide(policies);
        }
        report(BillingMonth.at(MONTH.endMillis()), 0);
        assertThat(charged()).isEqualTo(30);
    }

    @Example
    void aReportCountsOnce() {
        lease(50, Optional.empty());
        report(MONTH, 40);
        report(MONTH, 0);
        assertThat(charged()).isEqualTo(40);
    }

    @Example
    void aResetLeavesWhatIsOutOnLeaseUntilItIsReported() {
        for (int i = 0; i < 30; i++) {
            decide(policies);
        }
        now += 10_000;
        lease(50, Optional.empty());
        now += 100;
        store.reset(ACCOUNT, policies.windows(), true);
        assertThat(charged()).isEqualTo(50);
        assertThat(remaining(decide(policies.asPeek()), "minute")).isEqualTo(950);
        report(MONTH, 20);
        assertThat(charged()).isEqualTo(20);
        assertThat(remaining(decide(policies.asPeek()), "minute")).isEqualTo(980);
    }

    @Example
    void aReportAfterItsTimeDoesNotDisturbAMonthThatWasReset() {
        lease(50, Optional.empty());
        now += 302 + LeaseRequest.REPORT_MILLIS;
        store.reset(ACCOUNT, policies.windows(), true);
        for (int i = 0; i < 30; i++) {
            decide(policies);
        }
        report(MONTH, 0);
        assertThat(charged()).isEqualTo(30);
    }
}

package dev.tollgate.core.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.fixture.Ports;
import dev.tollgate.gate.CircuitBreaker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Reports while Redis or the database is away, hangs or has lost data. */
class AnalyticsOutageTest extends AnalyticsCase {

    @Test
    void aDatabasePutBackToAnEarlierStateIsReportedAsItIsAndSaysSo() {
        recordOne();
        stack.settle(key);
        stack.tables.update("UPDATE api_keys SET settled_batch = 0, total_requests = 0 WHERE id = ?::uuid", key);
        stack.database.statements();
        UploadReport report = analytics.upload(key, UPLOAD).orElseThrow();
        assertThat(report.meta().pendingIncluded()).isFalse();
        assertThat(report.summary().totals().totalRequests()).isZero();
        assertThat(stack.database.statements()).isEqualTo(1);
    }

    @Test
    void withRedisAwayTheDatabaseAnswersAndSaysThatPendingIsMissing() {
        recordOne();
        stack.settle(key);
        recordOne();
        assertThat(total()).isEqualTo(2);
        stack.redis.kill();
        try {
            UploadReport report = analytics.upload(key, UPLOAD).orElseThrow();
            assertThat(report.meta()).isEqualTo(new ReportMeta(false, NOON.instant(), false));
            assertThat(report.summary().totals().totalRequests()).isEqualTo(1);
            assertThat(analytics.live(key)).isEmpty();
        } finally {
            stack.redis.restart();
        }
        Ports.await(
                "reports with pending usage again",
                Duration.ofSeconds(20),
                () -> analytics.upload(key, UPLOAD).orElseThrow().meta().pendingIncluded());
    }

    @Test
    void aRedisThatHangsIsNotWaitedForByEveryReader() {
        recordOne();
        stack.settle(key);
        CircuitBreaker breaker = new CircuitBreaker(2, 1, 3_600_000, 3_600_000);
        Analytics node = stack.impatientNode(NOON, breaker);
        assertThat(node.upload(key, UPLOAD).orElseThrow().meta().pendingIncluded())
                .isTrue();
        stack.redis.freeze();
        try {
            for (int i = 0; i < 2; i++) {
                assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
                assertThat(node.fileTypes(key).orElseThrow().meta().pendingIncluded())
                        .isFalse();
            }
            assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.OPEN);
            long carried = stack.batcher.calls();
            UploadReport report = node.upload(key, UPLOAD).orElseThrow();
            assertThat(report.meta().pendingIncluded()).isFalse();
            assertThat(report.summary().totals().totalRequests()).isEqualTo(1);
            assertThat(node.live(key)).isEmpty();
            assertThat(stack.batcher.calls()).as("Redis was left alone").isEqualTo(carried);
        } finally {
            stack.redis.thaw();
        }
        Ports.await(
                "Redis answers",
                Duration.ofSeconds(10),
                () -> analytics.live(key).isPresent());
    }

    @Test
    void withTheDatabaseAwayAHitStillAnswersAndAMissIsUnavailable() {
        recordOne();
        assertThat(total()).isEqualTo(1);
        recordOne();
        stack.postgres.server().kill();
        try {
            assertThat(total()).isEqualTo(2);
            assertThat(analytics.live(key)).isPresent();
            assertThatThrownBy(() -> analytics.daily(key, DAILY)).isInstanceOf(DatabaseUnavailableException.class);
            assertThatThrownBy(() -> analytics.fileTypes(key)).isInstanceOf(DatabaseUnavailableException.class);
        } finally {
            stack.postgres.server().restart();
        }
        assertThat(analytics.daily(key, DAILY).orElseThrow().totals().totalRequests())
                .isEqualTo(2);
    }
}

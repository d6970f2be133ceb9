package dev.tollgate.core.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.usage.PendingUsage.Claims;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Reports that are read while usage is recorded and settled, or by many readers at once. */
class ConcurrentAnalyticsTest extends AnalyticsCase {

    @Test
    void rowsReadBeforeASettlementAreNeverStoredAfterIt() {
        recordOne();
        stack.settle(key);
        recordOne();
        stack.database.onceAfterwards(() -> stack.settle(key));
        UploadReport report = analytics.upload(key, UPLOAD).orElseThrow();
        assertThat(report.summary().totals().totalRequests()).isEqualTo(2);
        assertThat(stack.database.statements()).as("read again").isEqualTo(2);
        assertThat(total()).isEqualTo(2);
        assertThat(stack.database.statements())
                .as("the second reading was stored")
                .isZero();
    }

    @Test
    void aClaimAppliedWhileRowsAreReadCountsOnce() {
        recordOne();
        stack.settle(key);
        recordOne();
        List<Claims> claims = new ArrayList<>();
        stack.database.onceAfterwards(() -> claims.add(stack.apply(key)));
        assertThat(total()).as("rows without the claim, and the claim").isEqualTo(2);
        assertThat(total()).as("the same, cached").isEqualTo(2);
        assertThat(stack.database.statements()).isEqualTo(1);
        DailyReport fresh = analytics.daily(key, DAILY).orElseThrow();
        assertThat(fresh.totals().totalRequests()).as("rows with the claim").isEqualTo(2);
        stack.pending.acknowledge(claims.get(0).claims());
        assertThat(total()).isEqualTo(2);
        assertThat(analytics.daily(key, DAILY).orElseThrow().totals().totalRequests())
                .isEqualTo(2);
    }

    @Test
    void manyMissesAtOnceAskTheDatabaseOnce() throws Exception {
        recordOne();
        ExecutorService readers = Executors.newFixedThreadPool(64);
        try {
            for (int round = 0; round < 20; round++) {
                stack.settle(key);
                recordOne();
                long recorded = round + 2;
                stack.database.statements();
                CountDownLatch together = new CountDownLatch(64);
                List<Future<UploadReport>> answers = new ArrayList<>();
                for (int i = 0; i < 64; i++) {
                    answers.add(readers.submit(() -> {
                        together.countDown();
                        together.await();
                        return analytics.upload(key, UPLOAD).orElseThrow();
                    }));
                }
                for (Future<UploadReport> answer : answers) {
                    assertThat(answer.get(10, TimeUnit.SECONDS)
                                    .summary()
                                    .totals()
                                    .totalRequests())
                            .isEqualTo(recorded);
                }
                assertThat(stack.database.statements()).isEqualTo(1);
            }
        } finally {
            readers.shutdownNow();
        }
    }

    @Test
    void aReaderThatJoinsALoadSeesWhatWasRecordedAfterThatLoadBegan() throws Exception {
        recordOne();
        ExecutorService readers = Executors.newFixedThreadPool(2);
        CountDownLatch read = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        stack.database.onceAfterwards(() -> {
            read.countDown();
            await(goOn);
        });
        try {
            Future<UploadReport> early =
                    readers.submit(() -> analytics.upload(key, UPLOAD).orElseThrow());
            await(read);
            recordOne();
            Future<UploadReport> late =
                    readers.submit(() -> analytics.upload(key, UPLOAD).orElseThrow());
            goOn.countDown();
            assertThat(late.get(10, TimeUnit.SECONDS).summary().totals().totalRequests())
                    .isEqualTo(2);
            assertThat(early.get(10, TimeUnit.SECONDS).summary().totals().totalRequests())
                    .isEqualTo(2);
            assertThat(stack.database.statements()).isEqualTo(1);
        } finally {
            readers.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aReportThatSettlementsKeepInterruptingSaysThatPendingIsMissing() {
        recordOne();
        stack.database.eachTimeAfterwards(() -> {
            stack.settle(key);
            recordOne();
        });
        UploadReport report = analytics.upload(key, UPLOAD).orElseThrow();
        assertThat(report.meta().pendingIncluded()).isFalse();
        assertThat(stack.database.statements()).isLessThan(10);
    }
}

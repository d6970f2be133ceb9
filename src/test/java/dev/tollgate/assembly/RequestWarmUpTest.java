package dev.tollgate.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestWarmUpTest {

    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(1);

    private RequestWarmUp warmUp(Map<String, String> settings) {
        return new RequestWarmUp(
                Settings.of(settings), (task, millis) -> executor.schedule(task, millis, TimeUnit.MILLISECONDS));
    }

    @AfterEach
    void close() {
        executor.shutdownNow();
    }

    @Test
    void requestsPassFromTheKeyToTheHeaderFieldsAndMostAreAdmittedFromALease() {
        RequestWarmUp warmUp = warmUp(Map.of());
        int passed = warmUp.run(Duration.ofSeconds(1));
        assertThat(passed).isGreaterThanOrEqualTo(1_000);
        assertThat(warmUp.leased()).isGreaterThan(passed / 2);
    }

    @Test
    void requestsPassWithoutLeasesAndBehindTrustedProxies() {
        RequestWarmUp warmUp = warmUp(Map.of(
                "tollgate.lease.length", "0ms",
                "tollgate.trusted-proxies", "0.0.0.0/0",
                "tollgate.allow.addresses", "192.0.2.0/24"));
        assertThat(warmUp.run(Duration.ofMillis(200))).isGreaterThanOrEqualTo(1_000);
        assertThat(warmUp.leased()).isZero();
    }
}

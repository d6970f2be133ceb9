package dev.tollgate.it.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.it.client.RecordingRelay.Exchange;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.ShippedWar;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients that people have ask twice within a window of three seconds that holds one request. Each waits as long as the refusal
 * says, and is let in the first time it asks again. All of them wait at the same time, each with a key of its own.
 */
@EnabledIf("dev.tollgate.it.client.ClientPrograms#areInstalled")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealClientsIT extends ShippedWar {

    /** The route {@code retried} of the server's {@code routes.json}. */
    private static final String CHECK = "/api/v1/check/retried";

    /** Timers of clients count in milliseconds, and some wake within the last one. */
    private static final long TIMER_MILLIS = 2;

    /** How late a client may be on a busy machine. */
    private static final long LATE_MILLIS = 5_000;

    private final ExecutorService running = Executors.newCachedThreadPool();
    private final Map<RealClient, Future<List<Exchange>>> seen = new EnumMap<>(RealClient.class);

    @BeforeAll
    void startThemAll() throws Exception {
        ClientPrograms.prepare();
        AdminClient operator = new AdminClient(this);
        for (RealClient client : RealClient.values()) {
            String key = operator.newKey(operator.newAccount("pro")).secret();
            seen.put(client, running.submit(() -> drive(client, key)));
        }
    }

    @AfterAll
    void end() {
        running.shutdownNow();
    }

    private List<Exchange> drive(RealClient client, String key) throws Exception {
        URI url = at(CHECK);
        try (RecordingRelay relay =
                new RecordingRelay(new InetSocketAddress(url.getHost(), url.getPort()), url.getPath())) {
            client.getTwice(URI.create("http://127.0.0.1:" + relay.port() + url.getPath()), key);
            return relay.exchanges();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRefusedClientWaitsAsLongAsItIsToldAndIsLetInTheFirstTimeItAsksAgain(RealClient client) throws Exception {
        List<Exchange> exchanges = seen.get(client).get();
        assertThat(exchanges).extracting(Exchange::status).containsExactly(204, 429, 204);
        Exchange refused = exchanges.get(1);
        Exchange again = exchanges.get(2);
        long waited = (again.askedNanos() - refused.answeredNanos()) / 1_000_000;
        long told = client == RealClient.RATELIMIT_HEADER_PARSER
                ? refused.number("X-RateLimit-Reset").orElseThrow() * 1_000 - again.askedMillis() + waited
                : refused.number("Retry-After").orElseThrow() * 1_000;
        System.out.printf("client: %s was told %d ms and waited %d ms%n", client, told, waited);
        assertThat(told).isBetween(1_000L, 4_000L);
        assertThat(waited).isBetween(told - TIMER_MILLIS, told + LATE_MILLIS);
    }
}

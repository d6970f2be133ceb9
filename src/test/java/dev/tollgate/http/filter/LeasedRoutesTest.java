package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.fixture.Ports;
import dev.tollgate.gate.GateResult;
import dev.tollgate.redis.sync.InvalidationBus;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which routes admit a caller that asks often from a lease, over HTTP. */
class LeasedRoutesTest extends LeasedServerCase {

    private static final String ROUTES = """
            {"routes": [
              {"name": "exact", "path": "/exact", "action": "key-required", "lease": false},
              {"name": "leased", "path": "/leased", "action": "key-required"}
            ]}
            """;

    private static final HttpServlet SERVED = new HttpServlet() {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("served");
        }
    };

    /** Leases that do not end by themselves while a test looks whether they were ended. */
    private static final Duration LONG_LEASES = Duration.ofSeconds(6);

    private long sent;

    LeasedRoutesTest() {
        super(ROUTES, Map.of("/exact", SERVED, "/leased", SERVED));
    }

    @Override
    HttpResponse<String> get(String path) {
        sent++;
        return super.get(path);
    }

    private void askUntilALeaseServes() {
        Ports.await("requests admitted from a lease", Duration.ofSeconds(20), () -> {
            for (int i = 0; i < 20; i++) {
                assertThat(get("/leased").statusCode()).isEqualTo(200);
                assertThat(get("/exact").statusCode()).isEqualTo(200);
            }
            return decided("leased", GateResult.Source.LEASE) >= 20;
        });
    }

    @Test
    void aPolicyWithoutLeasesIsDecidedInTheStoreEvenIfTheCallerHasALease() {
        askUntilALeaseServes();
        assertThat(decided("exact", GateResult.Source.STORE)).isEqualTo(sent / 2);
        assertThat(decided("exact", GateResult.Source.LEASE)).isZero();
    }

    /** Edits as the node publishes that made them. A switched route mode is published like a tier's edit. */
    static Stream<Arguments> edits() {
        return Stream.of(
                edit("a tier or the mode of a route", (changes, account, hash) -> changes.tiersChanged()),
                edit("the account, or limits of its own", (changes, account, hash) -> changes.accountChanged(account)),
                edit("the key", (changes, account, hash) -> changes.keyChanged(hash)),
                edit("a ban, or its lift", (changes, account, hash) -> changes.banChanged(Caller.account(account))));
    }

    /** An edit as it is published. */
    private interface Published {
        void by(InvalidationBus changes, String account, String hash);
    }

    private static Arguments edit(String what, Published published) {
        return Arguments.of(what, published);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("edits")
    void anEditMadeOnOneNodeEndsTheLeasesOfTheOthers(String what, Published published) throws Exception {
        try (GuardedServer other = node(LONG_LEASES)) {
            Ports.await("units on lease", Duration.ofSeconds(20), () -> {
                assertThat(get(other, "/leased").statusCode()).isEqualTo(200);
                return other.leases.unitsHeld() > 0;
            });
            String hash = ApiKeyToken.hash(key);
            published.by(node.changes, directory.keys.get(hash).key().accountId(), hash);
            Ports.await(what + " to end the leases", Duration.ofSeconds(2), () -> other.leases.unitsHeld() == 0);
        }
    }

    @Test
    void whatRemainsIsToldAndIsExactOnceTheLeasesAreGivenBack() {
        askUntilALeaseServes();
        assertThat(get("/leased").headers().firstValue("RateLimit").orElse(""))
                .matches("\"minute\";r=\\d+;t=\\d+, \"month\";r=\\d+;t=\\d+");
        node.leases.close();
        assertThat(get("/leased").headers().firstValue("RateLimit").orElse(""))
                .startsWith("\"minute\";r=" + (LIMIT - sent) + ";")
                .contains("\"month\";r=" + (10 * LIMIT - sent) + ";");
    }
}

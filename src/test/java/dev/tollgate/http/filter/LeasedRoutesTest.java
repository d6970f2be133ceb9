package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.gate.GateResult;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

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

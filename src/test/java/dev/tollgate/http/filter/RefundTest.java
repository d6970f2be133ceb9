package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.fixture.Ports;
import dev.tollgate.gate.GateResult;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is given back when a request cost less than it was charged, over HTTP, with leases and without. */
class RefundTest extends LeasedServerCase {

    private static final String ROUTES = """
            {"routes": [
              {"name": "dear", "path": "/dear", "action": "key-required", "cost": 10},
              {"name": "exact", "path": "/exact", "action": "key-required", "cost": 10, "lease": false},
              {"name": "success", "path": "/success", "action": "key-required", "cost": 10, "charge": "success"}
            ]}
            """;

    /** Costs what the parameter says, and answers with the status that the parameter says. */
    private static final HttpServlet SERVED = new HttpServlet() {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (request.getParameter("cost") != null) {
                request.setAttribute(RequestAttributes.COST, Long.valueOf(request.getParameter("cost")));
            }
            if (request.getParameter("status") != null) {
                response.setStatus(Integer.parseInt(request.getParameter("status")));
            }
            if (request.getParameter("broken") != null) {
                throw new IllegalStateException("as the test wants");
            }
            response.getWriter().print("served");
        }
    };

    RefundTest() {
        super(ROUTES, Map.of("/dear", SERVED, "/exact", SERVED, "/success", SERVED));
    }

    /** Asks, by a request that costs nothing in the end, how much of the minute is used. */
    private long used() {
        String remaining = get("/exact?cost=0")
                .headers()
                .firstValue("X-RateLimit-Remaining")
                .orElseThrow();
        return LIMIT - Long.parseLong(remaining) - 10;
    }

    /** What is given back is on its way when the answer comes. */
    private void becomesUsed(long units) {
        Ports.await(units + " units used", Duration.ofSeconds(5), () -> used() == units);
    }

    @Test
    void anApplicationThatSaysLessOrNothingIsChargedThat() {
        get("/exact?cost=4");
        becomesUsed(4);
        get("/exact?cost=0");
        becomesUsed(4);
        get("/exact?cost=-7");
        becomesUsed(4);
        get("/exact?cost=12");
        becomesUsed(16);
    }

    @Test
    void answersThatAreNoSuccessCostNothingWhereThePolicySaysSo() {
        get("/success?status=404");
        get("/success?status=503");
        get("/success?broken=yes");
        becomesUsed(0);
        get("/success?status=302");
        becomesUsed(10);
        get("/dear?status=404");
        becomesUsed(20);
    }

    @Test
    void unitsOfALeaseGoBackIntoIt() {
        Ports.await("requests admitted from a lease", Duration.ofSeconds(20), () -> {
            for (int i = 0; i < 20; i++) {
                assertThat(get("/dear?cost=0").statusCode()).isEqualTo(200);
            }
            return decided("dear", GateResult.Source.LEASE) >= 20;
        });
        node.leases.close();
        becomesUsed(0);
    }
}

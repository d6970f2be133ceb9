package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.fixture.Ports;
import dev.tollgate.gate.GateResult;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What requests are charged, over HTTP: what is given back of it, with leases and without, what shadow mode charges, and a cost
 * that never fits.
 */
class RequestCostTest extends LeasedServerCase {

    private static final String ROUTES = """
            {"routes": [
              {"name": "dear", "path": "/dear", "action": "key-required", "cost": 10},
              {"name": "exact", "path": "/exact", "action": "key-required", "cost": 10, "lease": false},
              {"name": "success", "path": "/success", "action": "key-required", "cost": 10, "charge": "success"},
              {"name": "watched", "path": "/watched", "action": "key-required", "cost": 10, "mode": "shadow",
               "charge": "success", "window": {"limit": 20, "seconds": 3600}},
              {"name": "never", "path": "/never", "action": "key-required", "cost": 10,
               "window": {"name": "five", "limit": 5, "seconds": 3600}},
              {"name": "unseen", "path": "/unseen", "action": "key-required", "cost": 10, "mode": "shadow",
               "window": {"limit": 5, "seconds": 3600}},
              {"name": "huge", "path": "/huge", "action": "key-required", "cost": 200000}
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

    RequestCostTest() {
        super(
                ROUTES,
                Stream.of("/dear", "/exact", "/success", "/watched", "/never", "/unseen", "/huge")
                        .collect(Collectors.toMap(path -> path, path -> SERVED)));
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

    private static String limits(HttpResponse<String> answer) {
        return answer.headers().firstValue("RateLimit").orElseThrow();
    }

    @Test
    void inShadowModeEachPolicyThatHasRoomIsCharged() {
        get("/watched");
        get("/watched");
        HttpResponse<String> over = get("/watched");
        assertThat(over.statusCode()).isEqualTo(200);
        assertThat(over.headers().firstValue("Retry-After")).isEmpty();
        assertThat(limits(over)).contains("\"minute\";r=99970;", "\"watched\";r=0;", "\"month\";r=999970;");
        assertThat(get("/watched").headers().firstValue("X-RateLimit-Remaining"))
                .as("the policy that would have refused")
                .contains("0");
        becomesUsed(40);
    }

    @Test
    void inShadowModeWhatWasChargedIsGivenBackAndNothingElse() {
        get("/watched");
        get("/watched");
        get("/watched?cost=4");
        becomesUsed(24);
        get("/watched?status=500");
        becomesUsed(24);
        get("/watched?cost=16");
        becomesUsed(40);
        assertThat(limits(get("/watched"))).contains("\"watched\";r=0;");
    }

    @Test
    void aCostAboveAWholeLimitIs403ChargesNothingAndBringsNoBan() {
        for (int i = 0; i < 15; i++) {
            HttpResponse<String> refused = get("/never");
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body())
                    .contains("\"code\":\"COST_EXCEEDS_LIMIT\",\"policy\":\"five\",\"limit\":5,\"cost\":10,"
                            + "\"violated-policies\":[\"five\"]");
            assertThat(refused.headers().firstValue("Retry-After")).isEmpty();
            assertThat(limits(refused)).contains("\"minute\";r=100000;t=0", "\"five\";r=5;t=0", "\"month\";r=1000000;");
        }
        assertThat(get("/huge").body()).contains("\"policy\":\"minute\",\"limit\":100000,\"cost\":200000");
        becomesUsed(0);
        assertThat(node.counts.byOutcome()).containsEntry("cost_exceeds_limit", 16L);
        assertThat(node.audit)
                .filteredOn(event -> event.type() == AuditEvent.Type.LIMIT_EXCEEDED)
                .as("one a minute")
                .singleElement()
                .satisfies(event -> assertThat(event.details()).containsEntry("cost", "10"));
    }

    @Test
    void inShadowModeACostAboveAWholeLimitPassesAndIsChargedToTheOthers() {
        HttpResponse<String> served = get("/unseen");
        assertThat(served.statusCode()).isEqualTo(200);
        assertThat(limits(served)).contains("\"minute\";r=99990;", "\"unseen\";r=5;t=0", "\"month\";r=999990;");
        assertThat(node.counts.byOutcome()).containsEntry("cost_exceeds_limit", 1L);
    }

    @Test
    void aCostFitsAsSoonAsTheLimitIsRaised() {
        assertThat(get("/huge").statusCode()).isEqualTo(403);
        raiseLimit(300_000);
        Ports.await(
                "the raised limit", Duration.ofSeconds(2), () -> get("/huge").statusCode() == 200);
    }
}

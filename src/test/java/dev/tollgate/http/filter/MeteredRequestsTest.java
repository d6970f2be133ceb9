package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.fixture.Ports;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.route.RoutePolicyFile;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests what is metered of a request, whatever servlets do with it. */
class MeteredRequestsTest extends RateLimitFilterCase {

    @Test
    void asynchronousAndForwardedAndFailedRequestsAreChargedAndMeteredOnce() throws Exception {
        assertThat(send(with(key, "/later")).body()).isEqualTo("later");
        assertThat(send(with(key, "/again")).body()).isEqualTo("served");
        assertThat(send(with(key, "/failing")).statusCode()).isEqualTo(500);
        HttpResponse<String> thrown = send(with(key, "/throwing"));
        assertThat(thrown.statusCode()).isEqualTo(500);
        assertThat(remaining(send(with(key, "/plain")))).isEqualTo(5);
        Ports.await("five requests metered", Duration.ofSeconds(5), () -> node.usage.size() == 5);
        assertThat(node.usage)
                .extracting(UsageEvent::successful)
                .containsExactlyInAnyOrder(true, true, false, false, true);
        assertThat(node.usage).extracting(UsageEvent::provider).containsOnly("app");
    }

    @Test
    void whateverAServletSaysAboutItsRequestIsMeteredInTheFormThereIs() throws Exception {
        send(with(key, "/odd"));
        assertThat(send(with(key, "/absent")).statusCode()).isEqualTo(404);
        Ports.await("both metered", Duration.ofSeconds(5), () -> node.usage.size() == 2);
        assertThat(node.usage.get(0).mediaType()).isEqualTo("text/html");
        assertThat(node.usage.get(0).bytes()).isEqualTo(UsageEvent.MAX_BYTES);
        assertThat(node.usage.get(0).provider()).isEqualTo("app");
        assertThat(node.usage.get(1).successful()).isFalse();
    }

    @Test
    void aPlainRequestIsMeteredUnderItsRoutesProviderAndElseUnderTheContextPath() throws Exception {
        RoutePolicyFile file = RoutePolicyFile.parse(
                "routes.json",
                "{\"routes\":[{\"name\":\"plain\",\"path\":\"/plain\",\"action\":\"limit\",\"provider\":\"backend\"}]}");
        GuardedServer.Setup setup = new GuardedServer.Setup(
                RoutePolicies.ofApplication(Optional.of(file)), List.of(), List.of(), FailureMode.OPEN);
        try (GuardedServer routed = node(setup)) {
            for (String path : List.of("/plain", "/later")) {
                send(HttpRequest.newBuilder(routed.uri(path)).header("X-API-Key", key));
            }
            Ports.await("both metered", Duration.ofSeconds(5), () -> routed.usage.size() == 2);
            assertThat(routed.usage).extracting(UsageEvent::provider).containsExactly("backend", "app");
        }
    }
}

package dev.tollgate.rest.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.rest.support.Health.Component;
import dev.tollgate.rest.support.Health.State;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthResourceTest {

    private static InProcess.Answer ready(State redis, State postgres) {
        Health health = new Health(
                List.of(new Component("redis", false, () -> redis), new Component("postgres", true, () -> postgres)));
        return new InProcess(List.of(HealthResource.class), health).get("health/ready");
    }

    @ParameterizedTest
    @CsvSource({
        "UP, UP, 200, up",
        "DOWN, UP, 200, degraded",
        "DEGRADED, UP, 200, degraded",
        "UP, DEGRADED, 200, degraded",
        "UP, DOWN, 503, down",
        "DOWN, DOWN, 503, down"
    })
    void wholeIsDownOnlyWithoutAnEssentialPart(State redis, State postgres, int status, String whole) {
        InProcess.Answer answer = ready(redis, postgres);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body())
                .isEqualTo("{\"status\":\"" + whole + "\",\"components\":{\"redis\":\"" + redis.label()
                        + "\",\"postgres\":\"" + postgres.label() + "\"}}");
    }

    @Test
    void processLivesWhateverElseIsDown() {
        Health health = new Health(List.of(new Component("postgres", true, () -> State.DOWN)));
        InProcess.Answer answer = new InProcess(List.of(HealthResource.class), health).get("health/live");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"status\":\"up\"}");
    }

    @Test
    void partThatCannotTellIsDown() {
        Health health = new Health(List.of(new Component("redis", false, () -> {
            throw new IllegalStateException("no idea");
        })));
        assertThat(new InProcess(List.of(HealthResource.class), health)
                        .get("health/ready")
                        .body())
                .contains("\"redis\":\"down\"");
    }
}

package dev.tollgate.it.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.it.support.ShippedWar;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LivenessIT extends ShippedWar {

    @Test
    void deployedWarIsAlive() {
        assertThat(get("/health/live", Map.of()).statusCode()).isEqualTo(200);
    }
}

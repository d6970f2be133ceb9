package dev.tollgate.core.bodylimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DrainLimiterTest {

    private final DrainLimiter limiter =
            new DrainLimiter(new DrainLimiter.Bounds(2, 4, 7, Duration.ofSeconds(1), Duration.ofSeconds(2), 1));

    private List<DrainLimiter.Slot> acquired(String address, int connections, int each) {
        List<DrainLimiter.Slot> slots = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            for (int k = 0; k < each; k++) {
                DrainLimiter.Slot slot = limiter.tryAcquire(address, address + ":" + i);
                if (slot != null) {
                    slots.add(slot);
                }
            }
        }
        return slots;
    }

    @Test
    void oneConnectionsStreamsAreBounded() {
        assertThat(acquired("a", 1, 5)).hasSize(2);
        assertThat(limiter.cut()).isEqualTo(3);
    }

    @Test
    void oneAddressesConnectionsAreBoundedAndOthersHaveRoom() {
        assertThat(acquired("a", 10, 1)).hasSize(4);
        assertThat(acquired("b", 1, 1)).hasSize(1);
    }

    @Test
    void allAreBounded() {
        acquired("a", 10, 1);
        assertThat(acquired("b", 10, 1)).hasSize(3);
        assertThat(limiter.waiting()).isEqualTo(7);
        assertThat(limiter.tryAcquire("c", "c:1")).isNull();
    }

    @Test
    void roomThatIsGivenBackCanBeTakenAgainAndIsGivenBackOnce() {
        List<DrainLimiter.Slot> slots = acquired("a", 1, 2);
        slots.get(0).close();
        slots.get(0).close();
        assertThat(limiter.waiting()).isEqualTo(1);
        assertThat(acquired("a", 1, 2)).hasSize(1);
        slots.get(1).close();
        assertThat(limiter.waiting()).isEqualTo(1);
    }
}

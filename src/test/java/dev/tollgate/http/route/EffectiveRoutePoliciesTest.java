package dev.tollgate.http.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.RouteModeStore;
import dev.tollgate.gate.ShadowModes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EffectiveRoutePoliciesTest {

    private final Map<String, Boolean> kept = new HashMap<>();
    private final ShadowModes modes = new ShadowModes(new RouteModeStore() {
        @Override
        public Map<String, Boolean> all() {
            return kept;
        }

        @Override
        public void put(String name, Optional<Boolean> shadow) {
            shadow.ifPresentOrElse(mode -> kept.put(name, mode), () -> kept.remove(name));
        }
    });
    private final EffectiveRoutePolicies routes =
            new EffectiveRoutePolicies(RoutePolicies.ofTollgate(Optional.empty()), modes);

    private boolean uploadsWatch() {
        return routes.get().find("POST", "/api/v1/uploads/local").shadow();
    }

    @Test
    void switchHoldsFromItsReadingOnAndCanBeTakenBack() {
        assertThat(uploadsWatch()).isFalse();
        kept.put("uploads", true);
        assertThat(uploadsWatch()).isFalse();
        modes.reload();
        assertThat(uploadsWatch()).isTrue();
        assertThat(routes.get().find("POST", "/api/v1/check").shadow()).isFalse();
        kept.clear();
        modes.reload();
        assertThat(uploadsWatch()).isFalse();
    }

    @Test
    void nothingIsMadeAnewWhileNothingChanges() {
        kept.put("uploads", true);
        modes.reload();
        RoutePolicies once = routes.get();
        modes.reload();
        assertThat(routes.get()).isSameAs(once);
    }

    @Test
    void routesThatChargeNothingHaveNoModeAndUnknownNamesDoNothing() {
        kept.putAll(Map.of("analytics", true, "no-such-route", true));
        modes.reload();
        assertThat(routes.get().find("GET", "/api/v1/analytics").shadow()).isFalse();
        assertThat(modes.known()).extracting(ShadowModes.Known::name).contains("uploads", "check", "analytics");
    }
}

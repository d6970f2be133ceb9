package dev.tollgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.InMemoryGateStore;
import dev.tollgate.core.limit.WindowPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DecisionAuditorTest {

    private final List<AuditEvent> noted = new ArrayList<>();
    private final DecisionAuditor auditor = new DecisionAuditor(noted::add, new RecordingViolationLog());
    private final InMemoryGateStore gate = new InMemoryGateStore(() -> 0, 100);

    private void ask(int times, long limit, OptionalLong quota, int cost, boolean enforced) {
        GateRequest request = new GateRequest(
                Caller.account("a"),
                List.of(WindowPolicy.minute(limit)),
                quota,
                cost,
                BanLadder.STANDARD,
                GateRequest.Mode.of(enforced, true));
        for (int i = 0; i < times; i++) {
            auditor.record(request, gate.decide(request, 1_000_000_000L + i), "uploads", "192.0.2.1");
        }
    }

    private List<AuditEvent.Type> types() {
        return noted.stream().map(AuditEvent::type).toList();
    }

    @Test
    void theFirstRefusalAndTheBanAreNotedOnceEach() {
        ask(50, 10, OptionalLong.empty(), 1, true);
        assertThat(types()).containsExactly(AuditEvent.Type.LIMIT_EXCEEDED, AuditEvent.Type.BAN_APPLIED);
        assertThat(noted.get(1).details())
                .containsEntry("level", "5_MIN")
                .containsEntry("violations", "5")
                .containsEntry("route", "uploads")
                .containsEntry("address", "192.0.2.1")
                .containsKey("expiresAt");
    }

    @Test
    void theQuotasMarksAreNotedWhenCrossedWhateverTheStep() {
        ask(4, 1_000, OptionalLong.of(100), 30, true);
        assertThat(noted).extracting(event -> event.details().get("percent")).containsExactly("50", "80");
        ask(1, 1_000, OptionalLong.of(100), 10, true);
        assertThat(noted.get(2).details()).containsEntry("percent", "100");
    }

    @Test
    void aShadowRefusalIsNotedOnceAMinuteAsWhatItIs() {
        ask(30, 10, OptionalLong.empty(), 1, false);
        assertThat(types()).containsExactly(AuditEvent.Type.LIMIT_EXCEEDED);
        assertThat(noted.get(0).details()).containsEntry("mode", "shadow");
    }
}

package dev.tollgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.InMemoryGateStore;
import dev.tollgate.core.limit.LimitStatus;
import dev.tollgate.core.limit.WindowPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DecisionAuditorTest {

    private final List<AuditEvent> noted = new ArrayList<>();
    private final GivenQuotaWarnings warnings = new GivenQuotaWarnings();
    private final DecisionAuditor auditor = new DecisionAuditor(noted::add, new RecordingViolationLog(), warnings);
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
    void aMarkThatUseJumpsOverAndFallsBackBeforeIsNotedOnce() {
        askAt(79, 81, 79, 80, 83);
        assertThat(noted).extracting(event -> event.details().get("percent")).containsExactly("80");
    }

    @Test
    void twoNodesThatPassAMarkNoteItOnce() {
        askAt(85);
        DecisionAuditor other = new DecisionAuditor(noted::add, new RecordingViolationLog(), warnings);
        record(other, 86);
        assertThat(noted).extracting(event -> event.details().get("percent")).containsExactly("80");
    }

    @Test
    void aNewMonthIsWarnedOfAgain() {
        askAt(80);
        long next = BillingMonth.at(1_000_000_000L).endMillis();
        auditor.record(
                quotaRequest(),
                Decision.admitted(next, List.of(new LimitStatus(LimitStatus.MONTH, 100, 1, 20, 1))),
                "uploads",
                "192.0.2.1");
        assertThat(noted).extracting(event -> event.details().get("percent")).containsExactly("80", "80");
    }

    @Test
    void aRaisedQuotaIsWarnedOfAgain() {
        askAt(80);
        GateRequest raised =
                GateRequest.charge(Caller.account("a"), List.of(), OptionalLong.of(200), 1, BanLadder.STANDARD);
        for (int used : new int[] {81, 160, 161}) {
            auditor.record(
                    raised,
                    Decision.admitted(
                            1_000_000_000L, List.of(new LimitStatus(LimitStatus.MONTH, 200, 1, 200L - used, 1))),
                    "uploads",
                    "192.0.2.1");
        }
        assertThat(noted).extracting(event -> event.details().get("percent")).containsExactly("80", "80");
    }

    private void askAt(int... used) {
        for (int each : used) {
            record(auditor, each);
        }
    }

    private static void record(DecisionAuditor auditor, int used) {
        auditor.record(
                quotaRequest(),
                Decision.admitted(1_000_000_000L, List.of(new LimitStatus(LimitStatus.MONTH, 100, 1, 100L - used, 1))),
                "uploads",
                "192.0.2.1");
    }

    private static GateRequest quotaRequest() {
        return GateRequest.charge(Caller.account("a"), List.of(), OptionalLong.of(100), 1, BanLadder.STANDARD);
    }

    @Test
    void aShadowRefusalIsNotedOnceAMinuteAsWhatItIs() {
        ask(30, 10, OptionalLong.empty(), 1, false);
        assertThat(types()).containsExactly(AuditEvent.Type.LIMIT_EXCEEDED);
        assertThat(noted.get(0).details()).containsEntry("mode", "shadow");
    }

    @Test
    void theQuotasMarksAreNotedInShadowModeToo() {
        ask(4, 1, OptionalLong.of(4), 1, false);
        assertThat(noted)
                .filteredOn(event -> event.type() == AuditEvent.Type.QUOTA_WARNING)
                .extracting(event -> event.details().get("percent"))
                .containsExactly("50", "80", "100");
    }

    @Test
    void aCostThatNeverFitsIsNotedOnceAMinuteWithTheCost() {
        ask(30, 10, OptionalLong.empty(), 11, true);
        assertThat(types()).containsExactly(AuditEvent.Type.LIMIT_EXCEEDED);
        assertThat(noted.get(0).details()).containsEntry("cost", "11").containsEntry("policies", "minute");
    }
}

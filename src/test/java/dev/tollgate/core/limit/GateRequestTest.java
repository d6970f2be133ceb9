package dev.tollgate.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.lease.LeaseSize;
import dev.tollgate.core.limit.GateRequest.Mode;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GateRequestTest {

    private static GateRequest request(Mode mode) {
        return new GateRequest(
                Caller.account("a"),
                List.of(WindowPolicy.minute(10_000)),
                OptionalLong.empty(),
                1,
                BanLadder.STANDARD,
                mode);
    }

    @ParameterizedTest
    @CsvSource({
        "CHARGE, true, true, true",
        "CHARGE_EXACT, true, true, false",
        "CHARGE_UNENFORCED, false, true, false",
        "PEEK, true, false, false",
        "PEEK_UNENFORCED, false, false, false"
    })
    void aModeSaysWhatIsEnforcedChargedAndLeased(Mode mode, boolean enforced, boolean charged, boolean leasable) {
        assertThat(request(mode).enforced()).isEqualTo(enforced);
        assertThat(request(mode).charged()).isEqualTo(charged);
        assertThat(LeaseSize.isLeasable(request(mode))).isEqualTo(leasable);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aPeekConsumesNothingAndIsEnforcedAsTheRequestIs(Mode mode) {
        GateRequest peek = request(mode).asPeek();
        assertThat(peek.charged()).isFalse();
        assertThat(peek.enforced()).isEqualTo(request(mode).enforced());
        assertThat(request(mode).ignoringBans().enforced()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aLaterChargeIsNoViolationAndNeverFromALease(Mode mode) {
        GateRequest later = request(mode).chargedLater(3);
        assertThat(later.enforced()).isFalse();
        assertThat(later.charged()).isEqualTo(request(mode).charged());
        assertThat(LeaseSize.isLeasable(later)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aRequestWithoutViolationKeepsItsMode(Mode mode) {
        assertThat(request(mode).withoutViolation().mode()).isEqualTo(mode);
    }
}

package dev.tollgate.core.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.WindowPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaseSizeTest {

    private static GateRequest request(Caller caller, List<WindowPolicy> windows, long quota) {
        return GateRequest.charge(
                caller, windows, quota < 0 ? OptionalLong.empty() : OptionalLong.of(quota), 1, BanLadder.NONE);
    }

    private static GateRequest minute(long limit) {
        return request(Caller.account("a"), List.of(WindowPolicy.minute(limit)), -1);
    }

    /** A negative number stands for no window or no quota. */
    @ParameterizedTest
    @CsvSource({
        "    -1,     0,     -1, true",
        "     0, 60000,     -1, false",
        "   100, 60000,     -1, false",
        "   399, 60000,     -1, false",
        "   400, 60000,     -1, true",
        "100000,  9999,     -1, false",
        "100000, 10000,     -1, true",
        "100000, 60000,    399, false",
        "100000, 60000,    400, true",
        "    -1,     0,      0, false",
        "    -1,     0,    400, true"
    })
    void largeLimitsOverTenSecondsOrMoreAreLeased(long limit, long windowMillis, long quota, boolean leased) {
        List<WindowPolicy> windows = limit < 0 ? List.of() : List.of(new WindowPolicy("own", "", limit, windowMillis));
        assertThat(LeaseSize.isLeasable(request(Caller.account("a"), windows, quota)))
                .isEqualTo(leased);
    }

    @Test
    void oneSmallWindowAmongLargeOnesKeepsLeasesAway() {
        List<WindowPolicy> windows = new ArrayList<>();
        windows.add(WindowPolicy.minute(10_000));
        windows.add(new WindowPolicy("route", "route:r", 5_000, 3_600_000));
        assertThat(LeaseSize.isLeasable(request(Caller.account("a"), windows, -1)))
                .isTrue();
        windows.add(new WindowPolicy("key", "key:k", 50, 60_000));
        assertThat(LeaseSize.isLeasable(request(Caller.account("a"), windows, -1)))
                .isFalse();
    }

    @Test
    void aQuotaDoesNotConcernAnAddress() {
        assertThat(LeaseSize.isLeasable(request(Caller.address("192.0.2.1"), List.of(WindowPolicy.minute(10_000)), 1)))
                .isTrue();
    }

    /** The limit is 10,000 a minute, so a lease has 100 units at most. */
    @ParameterizedTest
    @CsvSource({
        // used, largest cost, held, wanted
        "     0,   1,  0,   0",
        "     7,   1,  0,   0",
        "     8,   1,  0,  10",
        "     9,   1,  0,  12",
        "    40,   1,  0,  50",
        "    80,   1,  0, 100",
        "    81,   1,  0, 100",
        "900000,   1,  0, 100",
        "   100,   1, 50,  50",
        "   100,   1, 96,   4",
        "   100,   1, 97,   0",
        "   100,   1, 150,  0",
        "    79,  10,  0,   0",
        "    80,  10,  0, 100",
        "   200,  25,  0, 100",
        "   208,  26,  0,   0"
    })
    void aLeaseIsAQuarterMoreThanWasUsedWithinAHundredthOfTheLimit(long used, int largestCost, long held, int wanted) {
        assertThat(LeaseSize.wanted(minute(10_000), used, largestCost, held)).isEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource({"10000, -1, 100", "10000, 2000, 20", "1000, 2000, 10", "-1, -1, 1000000"})
    void theSmallestLimitCounts(long limit, long quota, int wanted) {
        List<WindowPolicy> windows = limit < 0 ? List.of() : List.of(WindowPolicy.minute(limit));
        GateRequest request = request(Caller.account("a"), windows, quota);
        assertThat(LeaseSize.wanted(request, 9_000_000_000L, 1, 0)).isEqualTo(wanted);
    }
}

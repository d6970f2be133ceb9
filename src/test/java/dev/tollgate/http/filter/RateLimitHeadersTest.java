package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.Decision.Outcome;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.LimitStatus;
import dev.tollgate.core.limit.WindowPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.greenbytes.http.sfv.Item;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.Parser;
import org.junit.jupiter.api.Test;

class RateLimitHeadersTest {

    private static final long NOW = Instant.parse("2026-11-20T12:00:00.250Z").toEpochMilli();
    private static final LimitStatus MINUTE = new LimitStatus("minute", 10, 60, 9, 59_001);
    private static final LimitStatus MONTH = new LimitStatus("month", 1000, 2_592_000, 812, 950_400_000);
    private static final GateRequest REQUEST = GateRequest.charge(
            Caller.account("a"),
            List.of(WindowPolicy.minute(10), new WindowPolicy("exports", "route:exports", 5, 3_600_000)),
            OptionalLong.of(1000),
            1,
            BanLadder.STANDARD);

    private final RateLimitHeaders headers = new RateLimitHeaders(true);

    private static Map<String, String> fields(RateLimitHeaders headers, Decision decision) {
        Map<String, String> fields = new LinkedHashMap<>();
        headers.write(
                REQUEST,
                decision,
                (name, value) -> assertThat(fields.put(name, value)).isNull());
        return fields;
    }

    private static Decision refused(Outcome outcome, List<LimitStatus> policies, String... violated) {
        return new Decision(
                outcome, NOW, policies, List.of(violated), OptionalInt.of(1), Optional.empty(), false, true);
    }

    /** Reads a field as a structured field's list: what each member's string and parameters are. */
    private static List<Map<String, Object>> parsed(String field) {
        List<Map<String, Object>> members = new ArrayList<>();
        for (ListElement<?> element : Parser.parseList(field).get()) {
            Map<String, Object> member = new LinkedHashMap<>();
            member.put("name", element.get());
            for (Map.Entry<String, Item<?>> parameter : element.getParams().entrySet()) {
                member.put(parameter.getKey(), parameter.getValue().get());
            }
            members.add(member);
        }
        return members;
    }

    @Test
    void admittedRequestSeesItsPoliciesAndWhatRemains() {
        assertThat(fields(headers, Decision.admitted(NOW, List.of(MINUTE, MONTH))))
                .containsExactly(
                        Map.entry("RateLimit-Policy", "\"minute\";q=10;w=60, \"month\";q=1000;w=2592000"),
                        Map.entry("RateLimit", "\"minute\";r=9;t=60, \"month\";r=812;t=950400"),
                        Map.entry("X-RateLimit-Limit", "10"),
                        Map.entry("X-RateLimit-Remaining", "9"),
                        Map.entry("X-RateLimit-Reset", Long.toString((NOW + 59_001 + 999) / 1000)));
    }

    @Test
    void olderFieldsCanBeSwitchedOff() {
        assertThat(fields(new RateLimitHeaders(false), Decision.admitted(NOW, List.of(MINUTE))))
                .containsOnlyKeys("RateLimit-Policy", "RateLimit");
    }

    @Test
    void unlimitedCallerGetsNoFields() {
        assertThat(fields(headers, Decision.admitted(NOW, List.of()))).isEmpty();
        GateRequest unlimited =
                GateRequest.charge(REQUEST.caller(), List.of(), OptionalLong.empty(), 1, BanLadder.STANDARD);
        Ban ban = Ban.starting(BanLevel.PERMANENT, "by hand", NOW);
        headers.write(unlimited, Decision.banned(NOW, ban), (name, value) -> {
            throw new AssertionError(name);
        });
    }

    @Test
    void olderFieldsTellOfThePolicyThatRefused() {
        LimitStatus month = new LimitStatus("month", 1000, 2_592_000, 0, 950_400_000);
        assertThat(fields(headers, refused(Outcome.QUOTA_EXCEEDED, List.of(MINUTE, month), "month")))
                .containsEntry("X-RateLimit-Limit", "1000")
                .containsEntry("X-RateLimit-Remaining", "0");
        LimitStatus route = new LimitStatus("exports", 5, 3600, 0, 3_000_000);
        assertThat(fields(headers, refused(Outcome.RATE_LIMITED, List.of(MINUTE, route, MONTH), "minute", "exports")))
                .containsEntry("X-RateLimit-Limit", "5");
    }

    @Test
    void olderFieldsTellOfTheMinuteWhereNothingRefusedAndElseOfTheFirst() {
        LimitStatus route = new LimitStatus("exports", 5, 3600, 2, 3_000_000);
        assertThat(fields(headers, Decision.admitted(NOW, List.of(route, MINUTE))))
                .containsEntry("X-RateLimit-Limit", "10");
        assertThat(fields(headers, Decision.admitted(NOW, List.of(route, MONTH))))
                .containsEntry("X-RateLimit-Limit", "5");
        assertThat(fields(headers, Decision.admitted(NOW, List.of(MONTH)))).containsEntry("X-RateLimit-Limit", "1000");
    }

    @Test
    void bannedCallerHasNothingLeftUntilTheBanEnds() {
        Ban ban = Ban.starting(BanLevel.lasting(Duration.ofMinutes(5)), "too many", NOW - 100_500);
        Map<String, String> fields = fields(headers, Decision.banned(NOW, ban));
        assertThat(fields)
                .containsEntry(
                        "RateLimit-Policy", "\"minute\";q=10;w=60, \"exports\";q=5;w=3600, \"month\";q=1000;w=2592000")
                .containsEntry("RateLimit", "\"minute\";r=0;t=200, \"exports\";r=0;t=200, \"month\";r=0;t=200")
                .containsEntry("X-RateLimit-Limit", "10")
                .containsEntry("X-RateLimit-Remaining", "0")
                .containsEntry("X-RateLimit-Reset", Long.toString((NOW + 200_000 + 999) / 1000));

        Decision withStates = new Decision(
                Outcome.BANNED,
                NOW,
                List.of(MINUTE, MONTH),
                List.of(),
                OptionalInt.empty(),
                Optional.of(ban),
                false,
                false);
        assertThat(fields(headers, withStates)).isEqualTo(fields);
    }

    @Test
    void permanentBanHasNoReset() {
        Ban ban = Ban.starting(BanLevel.PERMANENT, "abuse", NOW);
        assertThat(fields(headers, Decision.banned(NOW, ban)))
                .containsEntry("RateLimit", "\"minute\";r=0, \"exports\";r=0, \"month\";r=0")
                .containsEntry("X-RateLimit-Remaining", "0")
                .doesNotContainKey("X-RateLimit-Reset");
    }

    @Test
    void policyFieldIsBuiltOncePerListOfPolicies() {
        String first =
                fields(headers, Decision.admitted(NOW, List.of(MINUTE, MONTH))).get("RateLimit-Policy");
        LimitStatus later = new LimitStatus("minute", 10, 60, 3, 1_000);
        assertThat(fields(headers, Decision.admitted(NOW + 9, List.of(later, MONTH)))
                        .get("RateLimit-Policy"))
                .isSameAs(first);
        LimitStatus raised = new LimitStatus("minute", 11, 60, 3, 1_000);
        assertThat(fields(headers, Decision.admitted(NOW, List.of(raised, MONTH)))
                        .get("RateLimit-Policy"))
                .isEqualTo("\"minute\";q=11;w=60, \"month\";q=1000;w=2592000");
    }

    @Property
    void fieldsAreStructuredFieldsThatSayWhatTheDecisionSays(
            @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 3) Integer> kinds,
            @ForAll @LongRange(max = 1_000_000_000_000L) long quota,
            @ForAll @LongRange(max = 2_678_400_000L) long reset,
            @ForAll @LongRange(max = 1_000_000) long remaining,
            @ForAll String oddName) {
        List<LimitStatus> policies = new ArrayList<>();
        for (int kind : kinds) {
            String name = List.of("minute", "month", "exports", oddName).get(kind);
            policies.add(new LimitStatus(name, quota, 60L * (kind + 1), Math.min(remaining, quota), reset));
        }
        Map<String, String> fields = fields(headers, Decision.admitted(NOW, policies));
        List<Map<String, Object>> policyField = parsed(fields.get("RateLimit-Policy"));
        List<Map<String, Object>> limitField = parsed(fields.get("RateLimit"));
        assertThat(policyField).hasSameSizeAs(policies);
        for (int i = 0; i < policies.size(); i++) {
            LimitStatus policy = policies.get(i);
            String name = policy.name().replaceAll("[^ -~]", "?");
            assertThat(policyField.get(i))
                    .isEqualTo(Map.of("name", name, "q", policy.quota(), "w", policy.windowSeconds()));
            assertThat(limitField.get(i))
                    .isEqualTo(Map.of("name", name, "r", policy.remaining(), "t", policy.resetSeconds()));
        }
        long resetAt = Long.parseLong(fields.get("X-RateLimit-Reset"));
        assertThat(resetAt * 1000).isBetween(NOW + reset, NOW + reset + 999);
    }
}

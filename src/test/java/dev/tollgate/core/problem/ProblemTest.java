package dev.tollgate.core.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.Decision.Outcome;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.LimitStatus;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProblemTest {

    private static final long NOW = Instant.parse("2026-11-20T12:00:00Z").toEpochMilli();
    private static final String REGISTRY = "https://iana.org/assignments/http-problem-types#";
    private static final List<String> STANDARD = List.of("type", "title", "status", "detail", "instance", "code");

    private static JsonObject json(Problem problem) {
        try (JsonReader reader = Json.createReader(new StringReader(problem.json()))) {
            return reader.readObject();
        }
    }

    private static Map<String, String> headers(Problem problem) {
        Map<String, String> headers = new LinkedHashMap<>();
        problem.headers(headers::put);
        return headers;
    }

    private static Decision refused(Outcome outcome, OptionalInt violations, String violated, LimitStatus... policies) {
        return new Decision(
                outcome,
                NOW,
                List.of(policies),
                List.of(violated.split(",")),
                violations,
                Optional.empty(),
                false,
                true);
    }

    private static Problem refusal(Decision decision, BanLadder ladder) {
        return refusal(decision, ladder, 1);
    }

    private static Problem refusal(Decision decision, BanLadder ladder, int cost) {
        return Refusal.of(
                decision, GateRequest.charge(Caller.account("acme"), List.of(), OptionalLong.empty(), cost, ladder));
    }

    private static void assertMembers(Problem problem, String... more) {
        assertThat(json(problem.at("/x")).keySet())
                .containsExactlyElementsOf(
                        Stream.concat(STANDARD.stream(), Stream.of(more)).toList());
    }

    static Stream<Problem> keyProblems() {
        return Stream.of(
                Problems.missingKey(),
                Problems.invalidKey(),
                Problems.inactiveKey(),
                Problems.expiredKey(),
                Problems.conflictingKeys());
    }

    @ParameterizedTest
    @MethodSource("keyProblems")
    void badKeysAreAnsweredWith401AndAChallenge(Problem problem) {
        assertThat(problem.status()).isEqualTo(401);
        assertThat(headers(problem).get("WWW-Authenticate")).startsWith("Bearer realm=\"tollgate\"");
        assertThat(headers(problem)).doesNotContainKey("Retry-After");
        assertThat(problem.type()).isEqualTo("about:blank");
        assertThat(problem.title()).isEqualTo("Unauthorized");
        assertMembers(problem);
    }

    @Test
    void keyProblemsHaveTheCodesOfTheContract() {
        assertThat(keyProblems().map(Problem::code))
                .containsExactly(
                        "MISSING_API_KEY", "INVALID_API_KEY", "INACTIVE_API_KEY", "EXPIRED_API_KEY", "INVALID_API_KEY");
    }

    @Test
    void limitExceededNamesLimitCountAndTheWayToTheBan() {
        Decision decision = refused(
                Outcome.RATE_LIMITED,
                OptionalInt.of(4),
                "minute",
                new LimitStatus("minute", 10, 60, 0, 33_001),
                new LimitStatus("month", 1000, 2_592_000, 800, 900_000_000));
        Problem problem = refusal(decision, BanLadder.STANDARD).at("/api/v1/check");
        assertMembers(problem, "limit", "current", "violations", "violationsUntilBan", "violated-policies");
        JsonObject json = json(problem);
        assertThat(json.getString("type")).isEqualTo(REGISTRY + "quota-exceeded");
        assertThat(json.getString("title")).isEqualTo("Quota Exceeded");
        assertThat(json.getInt("status")).isEqualTo(429);
        assertThat(json.getString("instance")).isEqualTo("/api/v1/check");
        assertThat(json.getString("code")).isEqualTo("RATE_LIMIT_EXCEEDED");
        assertThat(json.getInt("limit")).isEqualTo(10);
        assertThat(json.getInt("current")).isEqualTo(10);
        assertThat(json.getInt("violations")).isEqualTo(4);
        assertThat(json.getInt("violationsUntilBan")).isEqualTo(1);
        assertThat(json.getJsonArray("violated-policies").toString()).isEqualTo("[\"minute\"]");
        assertThat(json.getString("detail"))
                .isEqualTo("The limit of 10 per 60 seconds is used up; try again in 34 seconds; 1 more violation will"
                        + " bring a ban.");
        assertThat(headers(problem)).containsEntry("Retry-After", "34").containsEntry("Cache-Control", "no-store");
    }

    @Test
    void ofSeveralViolatedPoliciesTheOneThatFreesUpLastGoverns() {
        Decision decision = refused(
                Outcome.RATE_LIMITED,
                OptionalInt.of(1),
                "minute,exports",
                new LimitStatus("minute", 10, 60, 2, 1_000),
                new LimitStatus("exports", 100, 3600, 1, 1_800_500));
        Problem problem = refusal(decision, BanLadder.STANDARD);
        assertThat(problem.retryAfterSeconds()).isEqualTo(1801);
        assertThat(problem.members())
                .containsEntry("limit", 100L)
                .containsEntry("current", 99L)
                .containsEntry("violated-policies", List.of("minute", "exports"));
    }

    @Test
    void unknownViolationsAndLaddersWithoutStepsAreNull() {
        LimitStatus minute = new LimitStatus("minute", 10, 60, 0, 0);
        Problem unknown =
                refusal(refused(Outcome.RATE_LIMITED, OptionalInt.empty(), "minute", minute), BanLadder.STANDARD);
        assertThat(unknown.members()).containsEntry("violations", null).containsEntry("violationsUntilBan", null);
        assertThat(unknown.retryAfterSeconds()).isEqualTo(1);
        Problem unbanned = refusal(
                refused(Outcome.RATE_LIMITED, OptionalInt.of(9), "minute", minute),
                new BanLadder(List.of(), Duration.ofDays(7)));
        assertThat(json(unbanned).isNull("violationsUntilBan")).isTrue();
        assertThat(unbanned.detail()).doesNotContain("ban");
    }

    @Test
    void quotaExceededSaysWhenTheMonthEnds() {
        long toMonthEnd = Instant.parse("2026-12-01T00:00:00Z").toEpochMilli() - NOW;
        Decision decision = refused(
                Outcome.QUOTA_EXCEEDED,
                OptionalInt.empty(),
                "month",
                new LimitStatus("minute", 10, 60, 9, 60_000),
                new LimitStatus("month", 1000, 2_592_000, 0, toMonthEnd));
        Problem problem = refusal(decision, BanLadder.STANDARD);
        assertMembers(problem, "limit", "used", "resetsAt", "violated-policies");
        assertThat(problem.status()).isEqualTo(429);
        assertThat(problem.code()).isEqualTo("QUOTA_EXCEEDED");
        assertThat(problem.type()).isEqualTo(REGISTRY + "quota-exceeded");
        assertThat(problem.members())
                .containsEntry("limit", 1000L)
                .containsEntry("used", 1000L)
                .containsEntry("resetsAt", "2026-12-01T00:00:00Z")
                .containsEntry("violated-policies", List.of("month"));
        assertThat(problem.retryAfterSeconds()).isEqualTo(toMonthEnd / 1000);
    }

    @Test
    void aCostAboveAWholeLimitIs403WithoutRetryAfterAndNamesTheSmallestLimit() {
        Decision decision = refused(
                Outcome.COST_EXCEEDS_LIMIT,
                OptionalInt.empty(),
                "minute,reports,key",
                new LimitStatus("minute", 10, 60, 10, 0),
                new LimitStatus("reports", 5, 3600, 5, 0),
                new LimitStatus("key", 30, 60, 2, 40_000),
                new LimitStatus("month", 1000, 2_592_000, 800, 900_000_000));
        Problem problem = refusal(decision, BanLadder.STANDARD, 25);
        assertMembers(problem, "policy", "limit", "cost", "violated-policies");
        assertThat(problem.status()).isEqualTo(403);
        assertThat(problem.code()).isEqualTo("COST_EXCEEDS_LIMIT");
        assertThat(problem.members())
                .containsEntry("policy", "reports")
                .containsEntry("limit", 5L)
                .containsEntry("cost", 25)
                .containsEntry("violated-policies", List.of("minute", "reports"));
        assertThat(problem.detail())
                .isEqualTo("This request costs 25 units, and the policy reports allows 5 units in 3600 seconds"
                        + " altogether. Waiting does not help: ask for less at once, or ask the operator for a larger"
                        + " limit.");
        assertThat(headers(problem)).doesNotContainKey("Retry-After");
    }

    @Test
    void temporaryBanSaysHowLongItLasts() {
        Ban ban = Ban.starting(BanLevel.lasting(Duration.ofMinutes(5)), "5 violations", NOW - 500);
        Problem problem = refusal(Decision.banned(NOW, ban), BanLadder.STANDARD);
        assertMembers(problem, "ban");
        assertThat(problem.status()).isEqualTo(429);
        assertThat(problem.code()).isEqualTo("BANNED");
        assertThat(problem.type()).isEqualTo(REGISTRY + "abnormal-usage-detected");
        assertThat(json(problem).getJsonObject("ban").toString())
                .isEqualTo("{\"level\":\"5_MIN\",\"reason\":\"5 violations\",\"bannedAt\":\"2026-11-20T11:59:59.500Z\","
                        + "\"expiresAt\":\"2026-11-20T12:04:59.500Z\",\"remainingSeconds\":300}");
        assertThat(headers(problem)).containsEntry("Retry-After", "300");
    }

    @Test
    void permanentBanIs403WithoutAnEnd() {
        Ban ban = Ban.starting(BanLevel.PERMANENT, "say \"no\"\u0000", NOW);
        Problem problem = refusal(Decision.banned(NOW, ban), BanLadder.STANDARD);
        assertMembers(problem, "ban");
        assertThat(problem.status()).isEqualTo(403);
        assertThat(json(problem).getJsonObject("ban").toString())
                .isEqualTo(
                        "{\"level\":\"PERMANENT\",\"reason\":\"say \\\"no\\\"\",\"bannedAt\":\"2026-11-20T12:00:00Z\"}");
        assertThat(headers(problem)).doesNotContainKey("Retry-After");
    }

    @Test
    void admissionIsNoProblem() {
        assertThatThrownBy(() -> refusal(Decision.admitted(NOW, List.of()), BanLadder.STANDARD))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void outagesAre503WithRetryAfterAndNever401() {
        for (Problem problem : List.of(
                Problems.directoryUnavailable(0),
                Problems.gateUnavailable(5),
                Problems.unavailable("STORAGE_UNAVAILABLE", "The store is full; try again later.", 7))) {
            assertThat(problem.status()).isEqualTo(503);
            assertThat(problem.type()).isEqualTo(REGISTRY + "temporary-reduced-capacity");
            assertThat(Long.parseLong(headers(problem).get("Retry-After"))).isPositive();
            assertMembers(problem);
        }
    }

    @Test
    void generalProblemsNameWhatTheyAreAbout() {
        assertThat(Problems.badParameter("limit", "limit must be between 1 and 90."))
                .extracting(Problem::status, Problem::code, Problem::title, Problem::members)
                .containsExactly(400, "INVALID_PARAMETER", "Bad Request", Map.of("parameter", "limit"));
        assertThat(Problems.badParameter("x".repeat(5000), "unknown").json()).hasSizeLessThan(500);
        assertThat(Problems.payloadTooLarge(1024).members()).isEqualTo(Map.of("maxBytes", 1024L));
        assertThat(Problems.payloadTooLarge(1024).status()).isEqualTo(413);
        assertThat(Problems.notFound("No such key.").status()).isEqualTo(404);
        assertThat(Problems.badPath().status()).isEqualTo(400);
        assertThat(Problems.badRequest("No.").title()).isEqualTo("Bad Request");
        assertThat(Problems.forbidden("No.").title()).isEqualTo("Forbidden");
        assertThat(Problems.methodNotAllowed().title()).isEqualTo("Method Not Allowed");
        assertThat(Problems.conflict("No.").title()).isEqualTo("Conflict");
        assertThat(Problems.unsupportedMediaType("No.").title()).isEqualTo("Unsupported Media Type");
        assertThat(Problems.internalError().status()).isEqualTo(500);
        assertThat(Problem.of(418, "TEAPOT", "No.").build().title()).isEqualTo("Client Error");
    }

    @Test
    void limitsAndOutagesCannotBeAnsweredWithoutRetryAfter() {
        assertThatThrownBy(Problem.of(429, "X", "x")::build).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(Problem.of(503, "X", "x")::build).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void instanceIsAPathWithoutSecrets() {
        Problem problem = Problems.badPath();
        assertThat(problem.at("/a;jsessionid=1?api_key=tg_secret").instance()).isEqualTo("/a");
        assertThat(problem.at("/a?api_key=tg_secret").instance()).isEqualTo("/a");
        assertThat(problem.at("/a b\"<\u0000é%41").instance()).isEqualTo("/a%20b%22%3C%00%3F%41");
        assertThat(problem.at("/" + "a".repeat(70_000)).instance()).hasSize(1024);
        assertThat(problem.at(null).json()).doesNotContain("instance");
    }

    @Test
    void standardMembersCannotBeReplaced() {
        assertThat(json(Problem.of(400, "X", "x")
                                .members(Map.of("status", 200, "code", "Y"))
                                .build())
                        .getInt("status"))
                .isEqualTo(400);
    }

    @Property
    void everyTextSurvivesAsJsonOfAsciiCharacters(@ForAll String detail, @ForAll String key, @ForAll String value) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("m" + key, List.of(value, Map.of("n", value), 7, true));
        Problem problem = Problem.of(400, "CODE", detail).members(members).build();
        assertThat(problem.json()).matches("[ -~]*");
        JsonObject json = json(problem);
        assertThat(json.getString("detail")).isEqualTo(paired(detail));
        assertThat(json.getJsonArray("m" + paired(key)).getString(0)).isEqualTo(paired(value));
    }

    @Property
    void retryAfterIsNeverEarlierThanTheReset(@ForAll @LongRange(max = 2_678_400_000L) long reset) {
        Decision decision =
                refused(Outcome.RATE_LIMITED, OptionalInt.of(1), "minute", new LimitStatus("minute", 10, 60, 0, reset));
        long retryAfter = refusal(decision, BanLadder.STANDARD).retryAfterSeconds();
        assertThat(retryAfter).isPositive();
        assertThat(retryAfter * 1000).isBetween(reset, reset + 1000);
    }

    private static String paired(String text) {
        StringBuilder paired = new StringBuilder();
        text.codePoints().forEach(c -> paired.appendCodePoint(c >= 0xd800 && c <= 0xdfff ? 0xfffd : c));
        return paired.toString();
    }
}

package dev.tollgate.http.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.account.Scopes;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.WindowPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutePoliciesTest {

    private static final RoutePolicies TOLLGATE = RoutePolicies.ofTollgate(Optional.empty());

    private static RoutePolicyFile file(String... entries) {
        return RoutePolicyFile.parse("routes.json", "{\"routes\": [" + String.join(",\n", entries) + "]}");
    }

    private static String entry(String name, String path, String action, String more) {
        return "{\"name\":\"%s\",\"path\":\"%s\",\"action\":\"%s\"%s}".formatted(name, path, action, more);
    }

    private static RoutePolicies application(String... entries) {
        return RoutePolicies.ofApplication(Optional.of(file(entries)));
    }

    private static RoutePolicies tollgate(String... entries) {
        return RoutePolicies.ofTollgate(Optional.of(file(entries)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/uploads/local", "/api/v1/uploads", "/api/v1/uploads/a/b"})
    void uploadsDemandAKeyAndAreCharged(String path) {
        RoutePolicy policy = TOLLGATE.find("POST", path);
        assertThat(policy.name()).isEqualTo("uploads");
        assertThat(policy.guarded() && policy.credentials() == Credentials.REQUIRED && policy.charged())
                .isTrue();
    }

    @Test
    void checkIsChargedWithAnOptionalKeyForAnyMethod() {
        for (String method : List.of("GET", "POST", "PROPFIND", "OPTIONS")) {
            RoutePolicy policy = TOLLGATE.find(method, "/api/v1/check");
            assertThat(policy.charged() && policy.guarded() && policy.credentials() == Credentials.OPTIONAL)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/analytics", "/api/v1/analytics/daily", "/api/v1/usage"})
    void analyticsAndUsageDemandAKeyAndConsumeNothing(String path) {
        RoutePolicy policy = TOLLGATE.find("GET", path);
        assertThat(policy.guarded() && policy.credentials() == Credentials.REQUIRED && !policy.charged())
                .isTrue();
    }

    @Test
    void limitsConsumesNothingAndTakesAKeyOrNone() {
        RoutePolicy policy = TOLLGATE.find("GET", "/api/v1/limits");
        assertThat(policy.guarded() && policy.credentials() == Credentials.OPTIONAL && !policy.charged())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/admin",
                "/api/v1/admin/keys/7",
                "/health/live",
                "/health/ready",
                "/metrics",
                "/openapi.json",
                "/",
                "/console/app.js",
                "/nothing/here"
            })
    void theRestOfTollgateIsNotGuarded(String path) {
        assertThat(TOLLGATE.find("GET", path).guarded()).isFalse();
        assertThat(TOLLGATE.find("GET", path).charged()).isFalse();
    }

    @Test
    void applicationsWithoutAFileAreLimitedThroughout() {
        RoutePolicy policy = RoutePolicies.ofApplication(Optional.empty()).find("GET", "/any/where");
        assertThat(policy.charged() && policy.guarded() && policy.credentials() == Credentials.OPTIONAL)
                .isTrue();
        assertThat(policy.cost()).isEqualTo(1);
        assertThat(policy.window()).isEmpty();
    }

    @Test
    void firstMatchWins() {
        RoutePolicies policies = application(
                entry("one", "/a/b", "limit", ",\"cost\":2"),
                entry("two", "/a/*", "limit", ",\"methods\":[\"GET\"],\"cost\":3"),
                entry("three", "/*", "exempt", ""));
        assertThat(policies.find("GET", "/a/b").name()).isEqualTo("one");
        assertThat(policies.find("GET", "/a/c").name()).isEqualTo("two");
        assertThat(policies.find("HEAD", "/a/c").name()).isEqualTo("two");
        assertThat(policies.find("POST", "/a/c").name()).isEqualTo("three");
        assertThat(policies.inOrder()).extracting(RoutePolicy::name).containsExactly("one", "two", "three", "default");
    }

    @Test
    void fileCannotChangeTollgatesFreeRoutes() {
        RoutePolicies policies = tollgate(entry("all", "/api/*", "limit", ",\"cost\":9"));
        for (String path : List.of("/api/v1/analytics/live", "/api/v1/admin/keys", "/api/v1/limits", "/api/v1/usage")) {
            assertThat(policies.find("GET", path)).isEqualTo(TOLLGATE.find("GET", path));
        }
        assertThat(policies.find("POST", "/api/v1/uploads/local").name()).isEqualTo("uploads");
        assertThat(policies.find("GET", "/api/v2/new").name()).isEqualTo("all");

        assertThatThrownBy(() -> tollgate(entry("mine", "/api/v1/analytics/daily", "limit", "")))
                .hasMessage(
                        "routes.json:1:13: routes[0] can never match: analytics (/api/v1/analytics/*) comes before it");
        assertThatThrownBy(() -> tollgate(entry("uploads", "/x", "limit", "")))
                .hasMessage("routes.json:1:13: routes[0] is named as Tollgate's own policy uploads");
    }

    @Test
    void fileRefinesTollgatesChargedRoutes() {
        RoutePolicies policies = tollgate(
                entry("any", "/*", "exempt", ""),
                entry("s3", "/api/v1/uploads/s3", "key-required", ",\"cost\":5"),
                entry("probe", "/api/v1/check", "limit", ",\"mode\":\"shadow\""),
                entry("orders", "/api/v1/check/orders/*", "key-required", ",\"cost\":3"));
        assertThat(policies.find("POST", "/api/v1/uploads/s3").cost()).isEqualTo(5);
        assertThat(policies.find("POST", "/api/v1/uploads/local").name()).isEqualTo("uploads");
        assertThat(policies.find("GET", "/api/v1/check").shadow()).isTrue();
        assertThat(policies.find("GET", "/api/v1/check/orders/7").cost()).isEqualTo(3);
        assertThat(policies.find("GET", "/api/v1/check/other").name()).isEqualTo("check");
        assertThat(policies.find("GET", "/api/v1/check/other").charged()).isTrue();

        assertThatThrownBy(() -> tollgate(entry("s3", "/api/v1/uploads/s3", "limit", "")))
                .hasMessageContaining("must have credentials required");
        assertThatThrownBy(() -> tollgate(entry("probe", "/api/v1/check", "exempt", "")))
                .hasMessageContaining("cannot exempt /api/v1/check");
    }

    @Test
    void everyMemberIsRead() {
        RoutePolicy policy = file(entry(
                        "export",
                        "/r/*/export",
                        "key-required",
                        ",\"methods\":[\"POST\",\"PUT\"],\"cost\":1000000,\"window\":{\"name\":\"exports\",\"limit\":100,"
                                + "\"seconds\":3600},\"mode\":\"shadow\",\"provider\":\"s3\",\"failureMode\":\"closed\","
                                + "\"preflight\":\"exempt\",\"lease\":false,\"charge\":\"success\",\"concurrency\":10"))
                .policies()
                .get(0);
        assertThat(policy)
                .isEqualTo(new RoutePolicy(
                        "export",
                        RoutePattern.of("/r/*/export"),
                        Set.of("POST", "PUT"),
                        RoutePolicy.Action.SHADOW,
                        Credentials.REQUIRED,
                        1_000_000,
                        Optional.of(new WindowPolicy("exports", "route:export", 100, 3_600_000)),
                        Optional.of("s3"),
                        Optional.of(FailureMode.CLOSED),
                        Preflight.EXEMPT,
                        false,
                        RoutePolicy.Charge.SUCCESS,
                        OptionalInt.of(10),
                        Scopes.NONE));
    }

    @Test
    void windowIsNamedAsItsEntryByDefault() {
        RoutePolicy policy = file(entry("slow", "/slow", "limit", ",\"window\":{\"limit\":1,\"seconds\":10}"))
                .policies()
                .get(0);
        assertThat(policy.window()).contains(new WindowPolicy("slow", "route:slow", 1, 10_000));
    }

    @Test
    void examplesInTheDocumentationAreValid() throws IOException {
        Matcher examples = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("docs/routes.md")));
        assertThat(examples.find()).isTrue();
        RoutePolicies first = RoutePolicies.ofApplication(Optional.of(RoutePolicyFile.parse("doc", examples.group(1))));
        assertThat(first.find("POST", "/reports/7/export").cost()).isEqualTo(25);
        assertThat(first.find("GET", "/reports/7/export").cost()).isEqualTo(5);
        assertThat(first.find("GET", "/assets/a.css").guarded()).isFalse();
        assertThat(first.find("GET", "/search").shadow()).isTrue();
        assertThat(first.find("POST", "/search").name()).isEqualTo("default");
        assertThat(examples.find()).isTrue();
        RoutePolicies who = RoutePolicies.ofApplication(Optional.of(RoutePolicyFile.parse("doc", examples.group(1))));
        assertThat(who.find("GET", "/login/form").credentials()).isEqualTo(Credentials.NONE);
        assertThat(who.find("GET", "/me").credentials()).isEqualTo(Credentials.PRINCIPAL);
        assertThat(who.find("POST", "/reports/7").scopes().names()).containsExactly("reports:write");
        assertThat(who.find("GET", "/reports/7").credentials()).isEqualTo(Credentials.REQUIRED);
        assertThat(examples.find()).isTrue();
        RoutePolicies second = RoutePolicies.ofTollgate(Optional.of(RoutePolicyFile.parse("doc", examples.group(1))));
        assertThat(second.find("POST", "/api/v1/uploads/s3").cost()).isEqualTo(3);
        assertThat(examples.find()).isFalse();
    }

    @Test
    void policiesThatContradictThemselvesCannotBeMade() {
        RoutePolicy limited = RoutePolicy.charged("a", "/a", Credentials.REQUIRED);
        assertThatThrownBy(() -> new RoutePolicy(
                        "a",
                        limited.pattern(),
                        Set.of(),
                        RoutePolicy.Action.EXEMPT,
                        Credentials.REQUIRED,
                        1,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Preflight.ADDRESS,
                        true,
                        RoutePolicy.Charge.ALWAYS,
                        OptionalInt.empty(),
                        Scopes.NONE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RoutePolicy(
                        "a",
                        limited.pattern(),
                        Set.of(),
                        RoutePolicy.Action.ENFORCE,
                        Credentials.REQUIRED,
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Preflight.ADDRESS,
                        true,
                        RoutePolicy.Charge.ALWAYS,
                        OptionalInt.empty(),
                        Scopes.NONE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RoutePolicy.charged("A b", "/a", Credentials.REQUIRED))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, export",
        "post, export",
        "Post, export",
        "GET, pages",
        "get, pages",
        "brew, rest",
        // In upper case it is exempt, as sent it is not: the stricter holds, since nobody knows how the application
        // reads it.
        "head, rest",
        "HEAD, heads"
    })
    void aMethodInLowerCaseIsNoWayPastAPolicy(String method, String name) {
        RoutePolicies policies = RoutePolicies.ofApplication(Optional.of(file(
                entry("export", "/a/*", "key-required", ",\"methods\":[\"POST\"]"),
                entry("pages", "/a/*", "key-required", ",\"methods\":[\"GET\"]"),
                entry("heads", "/b/*", "exempt", ",\"methods\":[\"HEAD\"]"),
                entry("rest", "/*", "limit", ""))));
        String path = method.equalsIgnoreCase("HEAD") ? "/b/1" : "/a/1";
        assertThat(policies.find(method, path).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/Orders/7", "/ORDERS/x", "/orders", "/oRDERs/\u017f"})
    void pathsThatDifferByCaseAloneHaveOnePolicyWhereTheFileSaysSo(String path) {
        String text = "{\"routes\":[" + entry("orders", "/oRders/*", "key-required", "") + "],\"caseSensitive\":%s}";
        RoutePolicies same =
                RoutePolicies.ofApplication(Optional.of(RoutePolicyFile.parse("r.json", text.formatted("false"))));
        assertThat(same.find("GET", path).name()).isEqualTo("orders");
        assertThat(same.switching(Map.of("orders", true)).find("GET", path).shadow())
                .isTrue();
        RoutePolicies other =
                RoutePolicies.ofApplication(Optional.of(RoutePolicyFile.parse("r.json", text.formatted("true"))));
        assertThat(other.find("GET", path).name()).isEqualTo("default");
    }

    @Test
    void anEntryThatDiffersByCaseAloneCanNeverMatchWhereCaseDoesNotCount() {
        String text = "{\"caseSensitive\":false,\"routes\":[" + entry("one", "/A/*", "limit", "") + ","
                + entry("two", "/a/b", "limit", "") + "]}";
        assertThatThrownBy(() -> RoutePolicies.ofApplication(Optional.of(RoutePolicyFile.parse("r.json", text))))
                .hasMessageContaining("can never match: one (/A/*) comes before it");
    }

    @Test
    void whatRefinesTollgatesOwnRoutesMayBeWrittenInAnyCaseWhereCaseDoesNotCount() {
        String text = "{\"caseSensitive\":false,\"routes\":["
                + entry("orders", "/api/v1/CHECK/Orders/*", "key-required", "") + "]}";
        RoutePolicies policies = RoutePolicies.ofTollgate(Optional.of(RoutePolicyFile.parse("r.json", text)));
        assertThat(policies.find("GET", "/api/v1/check/ORDERS/7").name()).isEqualTo("orders");
        assertThat(policies.find("GET", "/API/v1/Admin/keys").guarded()).isFalse();
    }

    @Test
    void aPreflightIsTheAddressesUnlessTheRouteSaysOtherwise() {
        RoutePolicies policies = RoutePolicies.ofApplication(Optional.of(file(
                entry("address", "/a", "key-required", ",\"cost\":9,\"window\":{\"limit\":1,\"seconds\":10}"),
                entry("exempt", "/e", "key-required", ",\"preflight\":\"exempt\",\"mode\":\"shadow\""),
                entry("request", "/r", "key-required", ",\"preflight\":\"request\",\"cost\":9"))));
        RoutePolicy address = policies.find("OPTIONS", "/a").ofPreflight();
        assertThat(address.charged()).isTrue();
        assertThat(address.credentials()).isEqualTo(Credentials.NONE);
        assertThat(address.cost()).isEqualTo(1);
        assertThat(address.window()).isEmpty();
        assertThat(policies.find("OPTIONS", "/e").ofPreflight().guarded()).isFalse();
        RoutePolicy request = policies.find("OPTIONS", "/r");
        assertThat(request.ofPreflight()).isSameAs(request);
    }

    @Test
    void aPolicyThatAsksForScopesRequiresAKeyAlsoInShadowAndNotOfPreflights() {
        RoutePolicies policies = RoutePolicies.ofApplication(
                Optional.of(file(entry("reports", "/r/*", "limit", ",\"scopes\":[\"b:read\",\"a\"]"))));
        RoutePolicy policy = policies.find("GET", "/r/1");
        assertThat(policy.credentials()).isEqualTo(Credentials.REQUIRED);
        assertThat(policy.scopes().names()).containsExactly("b:read", "a");
        assertThat(policies.switching(Map.of("reports", true))
                        .find("GET", "/r/1")
                        .scopes())
                .isEqualTo(policy.scopes());
        assertThat(policy.ofPreflight().scopes()).isEqualTo(Scopes.NONE);
        assertThat(policy.ofPreflight().credentials()).isEqualTo(Credentials.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"action\":\"limit\"|OPTIONAL",
                "\"action\":\"limit\",\"credentials\":\"none\"|NONE",
                "\"credentials\":\"none\"|NONE",
                "\"credentials\":\"optional\"|OPTIONAL",
                "\"credentials\":\"optional\",\"scopes\":[\"a\"]|REQUIRED",
                "\"credentials\":\"required\",\"cost\":2|REQUIRED",
                "\"credentials\":\"principal\",\"scopes\":[\"a\"]|PRINCIPAL",
                "\"action\":\"key-required\"|REQUIRED",
                "\"action\":\"key-required\",\"credentials\":\"required\"|REQUIRED",
                "\"action\":\"key-required\",\"credentials\":\"principal\"|PRINCIPAL"
            })
    void anEntrySaysWhoMayCome(String members, Credentials expected) {
        RoutePolicies policies = application("{\"name\":\"one\",\"path\":\"/a\"," + members + "}");
        assertThat(policies.find("GET", "/a").credentials()).isEqualTo(expected);
        assertThat(policies.find("GET", "/a").charged()).isTrue();
    }

    @Test
    void ofAMethodInTwoCasesTheEntryHoldsThatAsksForMore() {
        RoutePolicies policies = application(
                entry("get", "/*", "limit", ",\"methods\":[\"GET\"],\"credentials\":\"principal\""),
                entry("all", "/*", "limit", ",\"credentials\":\"none\""));
        assertThat(policies.find("get", "/a").credentials()).isEqualTo(Credentials.PRINCIPAL);
        assertThat(policies.find("POST", "/a").credentials()).isEqualTo(Credentials.NONE);
    }
}

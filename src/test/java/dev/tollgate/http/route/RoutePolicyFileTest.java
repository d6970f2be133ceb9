package dev.tollgate.http.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutePolicyFileTest {

    private static final String GOOD = """
            {
              "routes": [
                {"name": "one", "path": "/one", "action": "limit", "cost": 2, "methods": ["GET"],
                 "window": {"limit": 10, "seconds": 60}, "mode": "enforce", "failureMode": "local"},
                {"name": "two", "path": "/two/*", "action": "exempt"}
              ]
            }
            """;

    private static void assertRefused(String text, String message) {
        assertThatThrownBy(() -> RoutePolicies.ofApplication(Optional.of(RoutePolicyFile.parse("r.json", text))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void goodFileIsRead() {
        assertThat(RoutePolicyFile.parse("r.json", GOOD).policies()).hasSize(2);
        assertThat(RoutePolicyFile.parse("r.json", "{\"routes\":[]}").policies())
                .isEmpty();
    }

    /** Each row replaces a piece of the good file and says how the error begins. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"cost\": 2|\"preflight\": \"free\"|r.json:3:69: routes[0].preflight must be one of address, exempt, request",
                "\"cost\": 2|\"lease\": \"no\"|r.json:3:65: routes[0].lease must be true or false",
                "\"cost\": 2|\"lease\": 0|r.json:3:65: routes[0].lease must be true or false",
                "\"cost\": 2|\"charge\": \"never\"|r.json:3:66: routes[0].charge must be one of always, success",
                "\"cost\": 2|\"lease\": null|r.json:3:65: routes[0].lease must be true or false",
                "\"action\": \"exempt\"|\"action\": \"exempt\", \"lease\": false|r.json:5:5: routes[1] is exempt, so lease has no meaning in it",
                "\"cost\": 2|\"scopes\": [\"A\"]|r.json:3:67: routes[0].scopes[0] 'A' is not a scope",
                "\"cost\": 2|\"scopes\": [\"a\", \"a\"]|r.json:3:72: routes[0].scopes[1] 'a' is there twice",
                "\"cost\": 2|\"scopes\": []|r.json:3:67: routes[0].scopes must not be empty",
                "\"cost\": 2|\"scopes\": \"a\"|r.json:3:66: routes[0].scopes must be a list",
                "\"cost\": 2|\"scopes\": [7]|r.json:3:67: routes[0].scopes[0] must be a text",
                "\"action\": \"exempt\"|\"action\": \"exempt\", \"scopes\": [\"a\"]|r.json:5:5: routes[1] is exempt, so scopes has no meaning in it",
                "\"cost\": 2|\"credentials\": \"maybe\"|r.json:3:71: routes[0].credentials must be one of none, optional, required, principal",
                "\"cost\": 2|\"credentials\": true|r.json:3:71: routes[0].credentials must be one of none",
                "\"cost\": 2|\"credentials\": \"none\", \"scopes\": [\"a\"]|r.json:3:5: routes[0] has scopes and credentials none",
                "\"limit\", \"cost\": 2|\"key-required\", \"credentials\": \"none\"|r.json:3:5: routes[0] has the action key-required and credentials none",
                "\"limit\", \"cost\": 2|\"key-required\", \"credentials\": \"optional\"|r.json:3:5: routes[0] has the action key-required and credentials optional",
                "\"action\": \"exempt\"|\"action\": \"exempt\", \"credentials\": \"none\"|r.json:5:5: routes[1] is exempt, so credentials has no meaning in it",
                "\"cost\": 2|\"colour\": 2|r.json:3:66: routes[0].colour is no member; there are name, path, methods",
                "\"cost\": 2|\"name\": \"x\"|r.json:3:56: routes[0].name is there twice",
                "\"cost\": 2|\"cost\": 0|r.json:3:64: routes[0].cost must be a whole number between 1 and 1000000",
                "\"cost\": 2|\"cost\": 1000001|r.json:3:64: routes[0].cost must be a whole number between 1 and 1000000",
                "\"cost\": 2|\"cost\": 2.5|r.json:3:64: routes[0].cost must be a whole number",
                "\"cost\": 2|\"cost\": 1e3|r.json:3:64: routes[0].cost must be a whole number",
                "\"cost\": 2|\"cost\": 1e999999999|r.json:3:64: routes[0].cost must be a whole number",
                "\"cost\": 2|\"cost\": -1|r.json:3:64: routes[0].cost must be a whole number",
                "\"cost\": 2|\"cost\": \"2\"|r.json:3:64: routes[0].cost must be a whole number",
                "\"cost\": 2|\"cost\": null|r.json:3:64: routes[0].cost must be a whole number",
                "\"cost\": 2|\"provider\": \"All!\"|r.json:3:68: routes[0].provider 'All!' is not a provider's name",
                "\"cost\": 2|\"provider\": \"all\"|r.json:3:68: routes[0].provider 'all' is not a provider's name",
                "\"/one\"|\"one\"|r.json:3:29: routes[0].path 'one' must begin with '/'",
                "\"/one\"|\"/o*e\"|r.json:3:29: routes[0].path '/o*e' may hold '*' only as a whole segment",
                "\"/one\"|\"/a\\n\"|r.json:3:29: routes[0].path '/a?' must not hold",
                "\"/one\"|7|r.json:3:29: routes[0].path must be a text",
                "\"GET\"|\"get\"|r.json:3:79: routes[0].methods[0] 'get' is not a method",
                "\"GET\"|\"GET\",\"GET\"|r.json:3:85: routes[0].methods[1] 'GET' is there twice",
                "\"GET\"||r.json:3:79: routes[0].methods must not be empty",
                "[\"GET\"]|\"GET\"|r.json:3:78: routes[0].methods must be a list",
                "\"limit\", \"cost\"|\"deny\", \"cost\"|r.json:3:47: routes[0].action must be one of limit, exempt, key-required",
                "\"limit\", \"cost\"|\"exempt\", \"cost\"|r.json:3:5: routes[0] is exempt, so cost has no meaning in it",
                "\"name\": \"one\", ||r.json:3:5: routes[0] lacks the member name",
                "\"path\": \"/one\", ||r.json:3:5: routes[0] lacks the member path",
                "\"action\": \"limit\", ||r.json:3:5: routes[0] lacks the member action",
                "\"limit\": 10, ||r.json:3:5: routes[0] lacks the member window.limit",
                "\"limit\": 10, \"seconds\": 60||r.json:3:5: routes[0] lacks the member window.limit",
                "\"seconds\": 60|\"seconds\": 86401|r.json:4:41: routes[0].window.seconds must be a whole number between 1 and 86400",
                "\"limit\": 10|\"size\": 10|r.json:4:25: routes[0].window.size is no member; there are name, limit, seconds",
                "\"limit\": 10|\"name\": \"month\", \"limit\": 10|r.json:4:25: routes[0].window.name 'month' is a name of Tollgate's own",
                "\"enforce\"|\"observe\"|r.json:4:54: routes[0].mode must be one of enforce, shadow",
                "\"local\"|\"OPEN\"|r.json:4:80: routes[0].failureMode must be one of open, local, closed",
                "\"two\"|\"one\"|r.json:5:5: routes[1] has the name of an earlier entry: one",
                "\"two\"|\"Two\"|r.json:5:14: routes[1].name must be 1 to 50 of a-z",
                "\"exempt\"}|\"exempt\"},|r.json:6:3: is not JSON here",
                "\"routes\"|\"rules\"|r.json:2:12: rules is no member; there are routes",
                "\"path\": \"/two/*\"|\"path\" \"/two/*\"|r.json:5:35: is not JSON here"
            })
    void mistakesAreNamedWithTheirPlace(String piece, String replacement, String beginning) {
        String text = GOOD.replaceFirst(
                Pattern.quote(piece), Matcher.quoteReplacement(replacement == null ? "" : replacement));
        assertThat(text).isNotEqualTo(GOOD);
        assertThatThrownBy(() -> RoutePolicies.ofApplication(Optional.of(RoutePolicyFile.parse("r.json", text))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(beginning)
                .hasMessageNotContaining("\n");
    }

    @Test
    void whatIsNoPolicyFileIsRefused() {
        assertRefused("", "r.json:1:1: is not JSON here");
        assertRefused("[]", "r.json:1:1: the file must be an object");
        assertRefused("{}", "r.json:1:1: lacks the member routes");
        assertRefused("{\"routes\":{}}", "r.json:1:11: routes must be a list");
        assertRefused("{\"routes\":[7]}", "r.json:1:12: routes[0] an entry must be an object");
        assertRefused("{\"routes\":[]} x", "r.json:1:15: is not JSON here");
        assertRefused("{\"routes\":[]}{}", "r.json:1:14: is not JSON here");
        assertRefused("{\"routes\":[", "r.json:1:12: is not JSON here");
        assertRefused("{\"\\u0000\\n\":[]}", "r.json:1:13: ?? is no member; there are routes, caseSensitive");
        assertRefused("{\"routes\":[],\"caseSensitive\":\"no\"}", "r.json:1:30: caseSensitive must be true or false");
    }

    @Test
    void entriesThatAnEarlierOneCoversAreRefused() {
        assertRefused("""
                {"routes": [
                  {"name": "one", "path": "/a/*", "action": "limit"},
                  {"name": "two", "path": "/a/b/*/d", "action": "exempt", "methods": ["GET"]}
                ]}
                """, "r.json:3:3: routes[1] can never match: one (/a/*) comes before it");
    }

    @Test
    void entriesThatOverlapInPartAreAllowed() {
        String text = """
                {"routes": [
                  {"name": "one", "path": "/a/*", "action": "limit", "methods": ["GET"]},
                  {"name": "two", "path": "/a/b", "action": "limit", "methods": ["GET", "POST"]},
                  {"name": "three", "path": "/a/*", "action": "exempt"}
                ]}
                """;
        assertThat(RoutePolicyFile.parse("r.json", text).policies()).hasSize(3);
        RoutePolicies.ofApplication(Optional.of(RoutePolicyFile.parse("r.json", text)));
    }

    @Test
    void numberOfEntriesIsBounded() {
        StringBuilder text = new StringBuilder("{\"routes\":[");
        for (int i = 0; i <= RoutePolicyFile.MAX_ENTRIES; i++) {
            text.append(i == 0 ? "" : ",")
                    .append("{\"name\":\"r%d\",\"path\":\"/r%d\",\"action\":\"limit\"}".formatted(i, i));
        }
        assertThatThrownBy(
                        () -> RoutePolicyFile.parse("r.json", text.append("]}").toString()))
                .hasMessageContaining("routes[200] more than 200 entries");
    }

    @Test
    void filesAreReadFromDisk(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("routes.json");
        assertThatThrownBy(() -> RoutePolicyFile.read(file)).hasMessageStartingWith(file + ": cannot be read");
        Files.writeString(file, GOOD);
        assertThat(RoutePolicyFile.read(file).policies()).hasSize(2);
        Files.write(file, "{\"routes\":[{\"name\":\"\u00e9\"".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> RoutePolicyFile.read(file)).hasMessageStartingWith(file + ": cannot be read as UTF-8");
        Files.write(file, new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> RoutePolicyFile.read(file)).hasMessageContaining("larger than 1048576 bytes");
    }

    @Property
    void damagedFileIsReadOrRefusedInOneLine(@ForAll @IntRange(max = 400) int at, @ForAll char c) {
        StringBuilder damaged = new StringBuilder(GOOD);
        damaged.setCharAt(at % GOOD.length(), c);
        try {
            RoutePolicies.ofApplication(Optional.of(RoutePolicyFile.parse("r.json", damaged.toString())));
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).startsWith("r.json:").matches("[ -~]*");
        }
    }

    @Test
    void entriesThatDemandAPrincipalAreRefusedWherePrincipalsAreOff() {
        RoutePolicyFile file = RoutePolicyFile.parse("r.json", """
                {"routes": [
                  {"name": "one", "path": "/a", "credentials": "principal"},
                  {"name": "two", "path": "/b", "credentials": "required"},
                  {"name": "three", "path": "/c", "credentials": "principal"}
                ]}
                """);
        assertThatThrownBy(file::refusePrincipals)
                .isInstanceOfSatisfying(
                        RouteFileException.class,
                        e -> assertThat(e.problems())
                                .containsExactly(
                                        "r.json:2:3: routes[0] demands a principal, and tollgate.principals is off: nobody would pass",
                                        "r.json:4:3: routes[2] demands a principal, and tollgate.principals is off: nobody would pass"));
    }
}

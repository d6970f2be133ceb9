package dev.tollgate.ops.configcheck;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigCheckTest {

    @TempDir
    private Path directory;

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    private record Said(int code, String text) {}

    private static Said check(String... files) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int code = ConfigCheck.run(new PrintStream(out, true, StandardCharsets.UTF_8), files);
        return new Said(code, out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsRightIsFine() throws IOException {
        String routes = file(
                "routes.json",
                "{\"routes\":[{\"name\":\"big\",\"path\":\"/api/v1/uploads/*\",\"action\":\"key-required\",\"cost\":5}]}");
        String yaml = file("redisson.yaml", "singleServerConfig:\n  address: \"redis://127.0.0.1:6379\"\n");
        String settings = file(
                "tollgate.properties",
                "# ours\ntollgate.redis.budget=20ms\ntollgate.routes.file=" + routes + "\ntollgate.redis.config=" + yaml
                        + "\ntollgate.trusted-proxies=10.0.0.0/8,\\\n   2001:db8::/32\n");
        assertThat(check(settings, routes, yaml)).isEqualTo(new Said(ConfigCheck.FINE, "nothing is wrong\n"));
    }

    @Test
    void everyProblemIsALineWithFileAndLine() throws IOException {
        String settings = file("tollgate.properties", """
                # a comment \\
                tollgate.redis.budget=50

                tollgate.redis.urll=redis://127.0.0.1
                tollgate.trusted-proxies=10.0.0.0/8,\\
                    10.0.0.0/99
                tollgate.redis.url=redis://user:secret@
                """);
        Said said = check(settings);
        assertThat(said.code()).isEqualTo(ConfigCheck.WRONG);
        assertThat(said.text().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith(settings + ":2: tollgate.redis.budget = \"50\": not a duration"),
                        line -> assertThat(line)
                                .startsWith(settings + ":4: tollgate.redis.urll")
                                .contains("no such setting"),
                        line -> assertThat(line)
                                .startsWith(settings + ":5: tollgate.trusted-proxies")
                                .contains("10.0.0.0/99"),
                        line -> assertThat(line)
                                .startsWith(settings + ":7: tollgate.redis.url")
                                .doesNotContain("secret"),
                        line -> assertThat(line).isEqualTo("4 problems"));
    }

    @Test
    void filesThatSettingsNameAreCheckedToo() throws IOException {
        String routes = file("routes.json", "{\"routes\":[\n  {\"name\":\"x\",\"path\":\"/x\",\"cost\":0}\n]}");
        String yaml = file("redisson.yaml", "singleServerConfig:\n  adress: \"redis://127.0.0.1:6379\"\n");
        String empty = file("empty.yaml", "threads: 4\n");
        String settings = file(
                "tollgate.properties", "tollgate.routes.file=" + routes + "\ntollgate.redis.config=" + yaml + "\n");
        Said said = check(settings, empty);
        assertThat(said.code()).isEqualTo(ConfigCheck.WRONG);
        assertThat(said.text())
                .contains(settings + ":1: tollgate.routes.file", routes + ":2:")
                .contains(
                        settings + ":2: tollgate.redis.config",
                        "line 2: no such property, or not its kind of value: singleServerConfig.adress")
                .contains(empty + ": cannot be read as Redisson YAML", "singleServerConfig")
                .endsWith("3 problems\n");
    }

    @Test
    void allProblemsOfARoutesFileAreSaid() throws IOException {
        String routes = file("routes.json", """
                {"routes": [
                  {"name": "a", "path": "/api/v1/uploads/a", "action": "limit", "cost": 0, "window": {"limit": -1, "seconds": 1}},
                  "no entry",
                  {"name": "b", "path": "no slash", "action": ["limit", {}], "action": "exempt", "charge": "never"},
                  {"name": "check", "path": "/api/v1/check/a", "action": "limit"},
                  {"name": "c", "path": "/api/v1/check/c", "action": "exempt"},
                  {"path": "/api/v1/check/d", "methods": ["get", "GET"], "action": "limit"}
                ]}
                """);
        assertThat(check(routes).text().lines().map(line -> line.replace(routes, "")))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith(":2:").contains("routes[0].cost must be"),
                        line -> assertThat(line).startsWith(":2:").contains("routes[0].window.limit must be"),
                        line -> assertThat(line).startsWith(":3:").contains("an entry must be an object"),
                        line -> assertThat(line).startsWith(":4:").contains("routes[2].path 'no slash'"),
                        line -> assertThat(line).startsWith(":4:").contains("routes[2].action must be one of"),
                        line -> assertThat(line).startsWith(":4:").contains("routes[2].action is there twice"),
                        line -> assertThat(line).startsWith(":4:").contains("routes[2].charge must be one of"),
                        line -> assertThat(line).startsWith(":7:").contains("methods[0] 'get' is not a method"),
                        line -> assertThat(line).isEqualTo("8 problems"));
        String wrong = file("wrong.json", """
                {"routes": [
                  {"name": "check", "path": "/api/v1/check/a", "action": "limit"},
                  {"name": "c", "path": "/api/v1/check/c", "action": "exempt"},
                  {"name": "d", "path": "/api/v1/uploads/d", "action": "key-required"},
                  {"name": "e", "path": "/api/v1/uploads/d", "action": "key-required"}
                ]}
                """);
        String settings = file("tollgate.properties", "tollgate.routes.file=wrong.json\n");
        assertThat(check(settings)
                        .text()
                        .lines()
                        .map(line -> line.replace(settings, "").replace(wrong, "")))
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith(":1: tollgate.routes.file")
                                .contains(":2:", "Tollgate's own"),
                        line -> assertThat(line)
                                .startsWith(":1: tollgate.routes.file")
                                .contains(":3:", "cannot exempt"),
                        line -> assertThat(line)
                                .startsWith(":1: tollgate.routes.file")
                                .contains(":5:", "can never match"),
                        line -> assertThat(line).isEqualTo("3 problems"));
    }

    @Test
    void anEntryWhereTollgateHasNoEndpointIsWarnedAbout() throws IOException {
        file("routes.json", """
                {"routes": [
                  {"name": "orders", "path": "/api/orders/*", "action": "limit", "cost": 2},
                  {"name": "big", "path": "/api/v1/uploads/s3", "action": "key-required", "cost": 2}
                ]}
                """);
        Said said = check(file("tollgate.properties", "tollgate.routes.file=routes.json\n"));
        assertThat(said.text())
                .containsOnlyOnce("warning: ")
                .contains("routes[0] has no effect", "/api/orders/*", "tollgate.guard.routes.file");
        assertThat(said.code()).isEqualTo(ConfigCheck.FINE);
        assertThat(check(file("guard.properties", "tollgate.guard.routes.file=routes.json\n")))
                .isEqualTo(new Said(ConfigCheck.FINE, "nothing is wrong\n"));
    }

    @Test
    void entriesThatNobodyCouldPassAreProblems() throws IOException {
        Files.writeString(
                directory.resolve("routes.json"),
                "{\"routes\":[{\"name\":\"a\",\"path\":\"/a\",\"credentials\":\"principal\"},"
                        + "{\"name\":\"b\",\"path\":\"/b\",\"credentials\":\"principal\"}]}");
        String routes = "tollgate.guard.routes.file=routes.json\n";
        assertThat(check(file("off.properties", routes)).text())
                .contains(
                        "routes[0] demands a principal, and tollgate.principals is off",
                        "routes[1] demands",
                        "2 problems");
        assertThat(check(file("on.properties", routes + "tollgate.principals=container\n")))
                .isEqualTo(new Said(ConfigCheck.FINE, "nothing is wrong\n"));
    }

    @Test
    void aBrokenYamlsPasswordIsNotRepeated() throws IOException {
        String yaml = file("redisson.yaml", "singleServerConfig:\n  password: secret: [oops\n");
        assertThat(check(yaml).text()).contains("line 2: is not YAML here").doesNotContain("secret");
        assertThat(check(file("other.yaml", "singleServerConfig:\n  passwort: secret\n"))
                        .text())
                .contains("singleServerConfig.passwort")
                .doesNotContain("secret");
    }

    @Test
    void aSettingThatIsThereTwiceIsWarnedAbout() throws IOException {
        String settings = file("tollgate.properties", "tollgate.redis.budget=5ms\ntollgate.redis.budget=6ms\n");
        assertThat(check(settings).text())
                .startsWith(settings + ":2: warning: ")
                .contains("line 1");
        assertThat(check(settings).code()).isEqualTo(ConfigCheck.FINE);
    }

    @Test
    void withoutSomethingToCheckItSaysHow() throws IOException {
        assertThat(check().code()).isEqualTo(ConfigCheck.USAGE);
        assertThat(check("--help").code()).isEqualTo(ConfigCheck.FINE);
        assertThat(check(directory.resolve("none.properties").toString()).code())
                .isEqualTo(ConfigCheck.USAGE);
        assertThat(check(file("settings.txt", "")).code()).isEqualTo(ConfigCheck.USAGE);
    }

    @Property
    void filesAreReadAsPropertiesReadsThem(
            @ForAll @Chars({'a', 'b', '=', ':', ' ', '\\', '\n', '\r', '#', '!', '\t'}) @CharRange(from = 'x', to = 'z')
                    String text)
            throws IOException {
        Properties expected = new Properties();
        expected.load(new StringReader(text));
        Map<String, String> read = new HashMap<>();
        List<PropertyLines.Entry> entries = PropertyLines.read(text);
        entries.forEach(entry -> read.put(entry.name(), entry.value()));
        assertThat(read).isEqualTo(expected);
    }
}

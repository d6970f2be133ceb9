package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    @Test
    void everySettingIsInASection() throws IllegalAccessException {
        List<Object> declared = new ArrayList<>();
        for (Field field : SettingCatalog.class.getFields()) {
            if (field.getType() == Setting.class) {
                declared.add(field.get(null));
            }
        }
        assertThat(SettingCatalog.all()).hasSizeGreaterThan(40).doesNotHaveDuplicates();
        assertThat(declared).hasSameElementsAs(SettingCatalog.all());
    }

    @Test
    void everyDefaultIsItselfAValidValue() {
        Settings settings = Settings.of(Map.of());
        assertThat(SettingCatalog.all())
                .allSatisfy(
                        setting -> assertThat((Object) settings.get(setting)).isNotNull());
        assertThat(settings.get(SettingCatalog.REDIS_BUDGET)).isEqualTo(Duration.ofMillis(50));
        assertThat(settings.get(SettingCatalog.UPLOADS_MAX_SIZE)).isEqualTo(100L << 20);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "tollgate.redis.url~http://example.org",
                "tollgate.redis.url~redis://",
                "tollgate.redis.budget~50",
                "tollgate.redis.budget~0ms",
                "tollgate.redis.failure-mode~OPEN",
                "tollgate.redis.prefix~a{b}",
                "tollgate.datasource~ldap://example.org/jdbc",
                "tollgate.datasource~java:comp/env/jdbc tollgate",
                "tollgate.ban.steps~5=1d,7=5m",
                "tollgate.ban.steps~five=5m",
                "tollgate.uploads.max-size~-1",
                "tollgate.usage.flush~51ms",
                "tollgate.settle.batch~NaN",
                "tollgate.headers.legacy~yes"
            })
    void aBadValueIsOneLineThatNamesTheSetting(String name, String value) {
        assertThatThrownBy(() -> Settings.of(Map.of(name, value)))
                .isInstanceOf(BadSettingException.class)
                .hasMessageStartingWith(name + " = \"" + value + "\": ")
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis://user:p#ss@host:1", "redis://:s e@host", "redis://u:secret@host/abc"})
    void aBrokenUrlsPasswordIsNotRepeated(String url) {
        assertThatThrownBy(() -> Settings.of(Map.of("tollgate.redis.url", url)))
                .isInstanceOf(BadSettingException.class)
                .hasMessageNotContainingAny("p#ss", "s e@", "secret");
    }

    @Test
    void anUnknownNameInTheFileIsRefused(@TempDir Path directory) throws IOException {
        Path file = directory.resolve(Settings.FILE);
        Files.writeString(file, "tollgate.redis.ulr=redis://127.0.0.1\n");
        assertThatThrownBy(() -> load(file, Map.of(), Map.of()))
                .hasMessageStartingWith("tollgate.redis.ulr = ")
                .hasMessageContaining("no such setting")
                .hasMessageContaining(file.toString());
    }

    @Test
    void aSystemPropertyComesBeforeTheFile(@TempDir Path directory) throws IOException {
        Path file = directory.resolve(Settings.FILE);
        Files.writeString(file, "tollgate.settle.interval=9s\ntollgate.settle.batch=77\n");
        Settings settings = load(
                file,
                Map.of("tollgate.settle.interval", "3s"),
                Map.of("TOLLGATE_SETTLE_INTERVAL", "4s", "TOLLGATE_USAGE_FLUSH", "10ms"));
        assertThat(settings.get(SettingCatalog.SETTLE_INTERVAL)).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.get(SettingCatalog.USAGE_FLUSH)).isEqualTo(Duration.ofMillis(10));
        assertThat(settings.get(SettingCatalog.SETTLE_BATCH)).isEqualTo(77);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tollgate.redis.failuremode",
                "tollgate.redis.passwort",
                "tollgate.Redis.url",
                "tollgate.",
                "tollgate.jdbcurl"
            })
    void anUnknownSystemPropertyIsRefusedWithoutItsValue(String name) {
        assertThatThrownBy(() -> load(Path.of("none"), Map.of(name, "hidden"), Map.of()))
                .isInstanceOf(BadSettingException.class)
                .hasMessageStartingWith(name + " = ")
                .hasMessageContaining("no such setting")
                .hasMessageContaining("(a system property)")
                .hasMessageNotContaining("hidden");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TOLLGATE_REDIS_FAILUREMODE",
                "TOLLGATE_REDIS_PASSWORT",
                "TOLLGATE_SERVICES",
                "TOLLGATE_REDIS_PORTS"
            })
    void anUnknownEnvironmentVariableIsRefusedWithoutItsValue(String name) {
        assertThatThrownBy(() -> load(Path.of("none"), Map.of(), Map.of(name, "hidden")))
                .isInstanceOf(BadSettingException.class)
                .hasMessageStartingWith(name + " = ")
                .hasMessageContaining("no such setting")
                .hasMessageContaining("(an environment variable)")
                .hasMessageNotContaining("hidden");
    }

    @Test
    void aMistypedNameGetsTheRightOneToo() {
        assertThatThrownBy(() -> load(Path.of("none"), Map.of("tollgate.redis.failuremode", "closed"), Map.of()))
                .hasMessageContaining("there is tollgate.redis.failure-mode");
        assertThatThrownBy(() -> load(Path.of("none"), Map.of(), Map.of("TOLLGATE_REDIS_FAILUREMODE", "closed")))
                .hasMessageContaining("there is TOLLGATE_REDIS_FAILURE_MODE");
    }

    @Test
    void whatTheServerOrKubernetesReadsIsNoMistypedSetting() {
        Map<String, String> environment = Map.of(
                "TOLLGATE_JDBC_URL", "jdbc:postgresql://db/tollgate",
                "TOLLGATE_CONTEXT_ROOT", "/gate",
                "TOLLGATE_SERVICE_HOST", "10.0.0.1",
                "TOLLGATE_SERVICE_PORT_HTTP", "80",
                "TOLLGATE_PORT", "tcp://10.0.0.1:80",
                "TOLLGATE_REDIS_PORT_6379_TCP_ADDR", "10.0.0.2",
                "TOLLGATE_REDIS_SERVICE_PORT", "6379");
        Map<String, String> properties =
                Map.of("tollgate.jdbc.max-pool-size", "30", "tollgate.context-root", "/gate", "java.version", "17");
        assertThat(load(Path.of("none"), properties, environment).get(SettingCatalog.SETTLE_BATCH))
                .isEqualTo(2_000);
    }

    @Test
    void theDatabaseInTheFileIsToldWhereItBelongs(@TempDir Path directory) throws IOException {
        Path file = directory.resolve(Settings.FILE);
        Files.writeString(file, "tollgate.jdbc.password=hidden\n");
        assertThatThrownBy(() -> load(file, Map.of(), Map.of()))
                .hasMessageContaining("is read by the server")
                .hasMessageContaining("TOLLGATE_JDBC_PASSWORD")
                .hasMessageNotContaining("hidden");
    }

    @Test
    void aBadValueSaysWhereItCameFrom(@TempDir Path directory) throws IOException {
        Path file = directory.resolve(Settings.FILE);
        Files.writeString(file, "tollgate.settle.batch=none\n");
        assertThatThrownBy(() -> load(file, Map.of(), Map.of())).hasMessageEndingWith("(in " + file + ")");
        assertThatThrownBy(() -> load(file, Map.of("tollgate.settle.batch", "x"), Map.of()))
                .hasMessageEndingWith("(a system property)");
        assertThatThrownBy(() -> load(file, Map.of(), Map.of("TOLLGATE_SETTLE_BATCH", "x")))
                .hasMessageEndingWith("(environment variable TOLLGATE_SETTLE_BATCH)");
        Settings settings = load(Path.of("none"), Map.of("tollgate.allow.addresses", "nowhere"), Map.of());
        assertThatThrownBy(() -> settings.get(SettingCatalog.ALLOW_ADDRESSES, list -> {
                    throw new IllegalArgumentException("not a CIDR");
                }))
                .hasMessageEndingWith("not a CIDR (a system property)");
    }

    @Test
    void relativePathsBelongToTheDirectoryOfTheFile(@TempDir Path directory) throws IOException {
        Path file = directory.resolve(Settings.FILE);
        Files.writeString(file, "tollgate.routes.file=routes/api.json\ntollgate.redis.tls.ca=/etc/ssl/ca.pem\n");
        Settings settings = load(file, Map.of("tollgate.uploads.directory", "../data/files"), Map.of());
        assertThat(settings.get(SettingCatalog.ROUTES_FILE))
                .isEqualTo(directory.resolve("routes/api.json").toString());
        assertThat(settings.get(SettingCatalog.REDIS_TLS_CA)).isEqualTo("/etc/ssl/ca.pem");
        assertThat(settings.get(SettingCatalog.UPLOADS_DIRECTORY))
                .isEqualTo(directory.resolveSibling("data/files").toString());
        assertThat(settings.get(SettingCatalog.REDIS_CONFIG)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:6379", "127.0.0.1", "REDIS://127.0.0.1", "http://127.0.0.1:6379", "//127.0.0.1"})
    void aRedisUrlWithoutItsSchemeIsToldSo(String url) {
        assertThatThrownBy(() -> Settings.of(Map.of("tollgate.redis.url", url)))
                .hasMessageContaining("must begin with redis:// or rediss://");
    }

    private static Settings load(Path file, Map<String, String> properties, Map<String, String> environment) {
        return Settings.load(Optional.of(file), properties, environment);
    }

    @Test
    void aFileThatIsNotThereSaysNothing(@TempDir Path directory) {
        assertThat(load(directory.resolve("none"), Map.of(), Map.of()).get(SettingCatalog.SETTLE_BATCH))
                .isEqualTo(2_000);
    }
}

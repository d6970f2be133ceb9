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
    @org.junit.jupiter.params.provider.ValueSource(
            strings = {"redis://user:p#ss@host:1", "redis://:s e@host", "redis://u:secret@host/abc"})
    void aBrokenUrlsPasswordIsNotRepeated(String url) {
        assertThatThrownBy(() -> Settings.of(Map.of("tollgate.redis.url", url)))
                .isInstanceOf(BadSettingException.class)
                .hasMessageNotContainingAny("p#ss", "s e@", "secret");
    }

    @Test
    void anUnknownNameInTheFileIsRefused(@TempDir Path directory) throws IOException {
        Path file = directory.resolve(Settings.FILE);
        Files.writeString(file, "tollgate.redis.ulr=redis://127.0.0.1\n");
        assertThatThrownBy(() -> Settings.load(Optional.of(file)))
                .hasMessageStartingWith("tollgate.redis.ulr = ")
                .hasMessageContaining("no such setting")
                .hasMessageContaining(file.toString());
    }

    @Test
    void aSystemPropertyComesBeforeTheFile(@TempDir Path directory) throws IOException {
        Path file = directory.resolve(Settings.FILE);
        Files.writeString(file, "tollgate.settle.interval=9s\ntollgate.settle.batch=77\n");
        System.setProperty("tollgate.settle.interval", "3s");
        try {
            Settings settings = Settings.load(Optional.of(file));
            assertThat(settings.get(SettingCatalog.SETTLE_INTERVAL)).isEqualTo(Duration.ofSeconds(3));
            assertThat(settings.get(SettingCatalog.SETTLE_BATCH)).isEqualTo(77);
        } finally {
            System.clearProperty("tollgate.settle.interval");
        }
    }

    @Test
    void aFileThatIsNotThereSaysNothing(@TempDir Path directory) {
        assertThat(Settings.load(Optional.of(directory.resolve("none"))).get(SettingCatalog.SETTLE_BATCH))
                .isEqualTo(2_000);
    }
}

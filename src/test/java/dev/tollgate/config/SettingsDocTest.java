package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/settings.md is what the catalogue says; run {@link #main} to write it anew. */
class SettingsDocTest {

    private static final Path PAGE = Path.of("docs/settings.md");

    @Test
    void theDocumentedSettingsAreTheOnesThereAre() throws IOException {
        assertThat(Files.readString(PAGE)).isEqualTo(page());
    }

    public static void main(String[] arguments) throws IOException {
        Files.writeString(PAGE, page());
    }

    private static String page() {
        StringBuilder page = new StringBuilder("""
                # Settings

                Written from the code by `SettingsDocTest`; do not edit.

                A setting is read from the first place that has it: a system property (`-Dtollgate.redis.url=...`), the
                environment (`TOLLGATE_REDIS_URL`), `tollgate.properties` beside the server's configuration (WildFly:
                `standalone/configuration`, Payara: the domain's `config`), the default. A value that cannot be used stops the
                deployment with one line that names the setting; so does a name in the file that is no setting.

                | setting | type | default | what it does |
                |---|---|---|---|
                """);
        for (Setting<?> setting : SettingCatalog.all()) {
            String type = setting.unit().isEmpty() ? setting.type() : setting.type() + " (" + setting.unit() + ")";
            page.append("| `")
                    .append(setting.name())
                    .append("` | ")
                    .append(type.replace("|", "\\|"))
                    .append(" | ")
                    .append(setting.fallback().isEmpty() ? "" : "`" + setting.fallback() + "`")
                    .append(" | ")
                    .append(setting.doc().replace("|", "\\|"))
                    .append(" |\n");
        }
        return page.toString();
    }
}

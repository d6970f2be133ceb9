package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Tests that docs/settings.md is what the catalog says; {@link #main} writes it. */
class SettingsDocTest {

    private static final int LINE = 120;
    private static final Path PAGE = Path.of("docs/settings.md");

    @Test
    void theDocumentIsWrittenFromTheCatalog() throws IOException {
        assertThat(Files.readString(PAGE)).isEqualTo(page());
    }

    public static void main(String[] arguments) throws IOException {
        Files.writeString(PAGE, page());
    }

    private static String page() {
        StringBuilder page = new StringBuilder("""
                # Settings

                Every setting of Tollgate and its guard, with type, default and bounds. This page is written from the code by
                `SettingsDocTest`; do not edit it.

                A setting is read from the first of these places that has it:

                1. a system property, such as `-Dtollgate.redis.url=...`;
                2. the environment, such as `TOLLGATE_REDIS_URL`;
                3. the file `tollgate.properties` beside the server's configuration: `standalone/configuration` on WildFly, the
                   domain's `config` on Payara;
                4. the default.

                A wrong value stops the deployment with one line that names the setting and its place. A name that begins with
                `tollgate.` or `TOLLGATE_` and is no setting does too. The data source's settings (`tollgate.jdbc.url` and others)
                and `tollgate.context-root` are read by the server itself, so they cannot be in the file.

                Relative paths are resolved against the server's configuration directory, and by the [offline
                check](operations.md#check-a-configuration-before-you-deploy) against the directory of the checked file.
                Durations need a unit: `ms`, `s`, `m`, `h` or `d`. Sizes may have one: `KiB`, `MiB` or `GiB`.
                """);
        SettingCatalog.sections().forEach((title, settings) -> {
            page.append("\n## ").append(title).append("\n");
            settings.forEach(setting -> page.append("\n").append(entry(setting)));
        });
        return page.toString();
    }

    private static String entry(Setting<?> setting) {
        String type = setting.unit().isEmpty() ? setting.type() : setting.type() + " (" + setting.unit() + ")";
        String fallback = setting.fallback().isEmpty() ? "no default" : "default `" + setting.fallback() + "`";
        return wrap("- **`" + setting.name() + "`** (" + type + ", " + fallback + "): " + setting.doc());
    }

    /** Breaks an entry of a list into lines. */
    private static String wrap(String text) {
        StringBuilder wrapped = new StringBuilder();
        int length = 0;
        for (String word : text.split(" ")) {
            if (length > 0 && length + 1 + word.length() > LINE) {
                wrapped.append("\n  ");
                length = 2;
            } else if (length > 0) {
                wrapped.append(' ');
                length++;
            }
            wrapped.append(word);
            length += word.length();
        }
        return wrapped.append('\n').toString();
    }
}

package dev.tollgate.http.servlet;

import dev.tollgate.config.BadSettingException;
import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The origins whose pages may read Tollgate's answers, as {@code tollgate.cors.origins} says. It needs no servlet API, so that a
 * configuration can be checked without a server. Immutable.
 *
 * @param names the origins in lower case; {@value #ALL} for all
 * @param credentials whether their pages may send what a browser adds by itself
 */
public record AllowedOrigins(Set<String> names, boolean credentials) {

    /** No origin. */
    static final AllowedOrigins NONE = new AllowedOrigins(Set.of(), false);

    /** The name that stands for all origins. */
    static final String ALL = "*";

    public AllowedOrigins {
        names = Set.copyOf(names);
    }

    /**
     * As the settings say.
     *
     * @throws BadSettingException if any origin may send credentials
     */
    public static AllowedOrigins of(Settings settings) {
        Set<String> names = settings.get(SettingCatalog.CORS_ORIGINS).stream()
                .map(origin -> origin.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        boolean credentials = settings.get(SettingCatalog.CORS_CREDENTIALS);
        if (credentials && names.contains(ALL)) {
            throw new BadSettingException(
                    SettingCatalog.CORS_CREDENTIALS.name(),
                    "true",
                    "cannot be used with tollgate.cors.origins = \"*\"; name the origins");
        }
        return new AllowedOrigins(names, credentials);
    }

    /** Whether there is none. */
    boolean isEmpty() {
        return names.isEmpty();
    }

    /** Whether it is all of them. */
    boolean areAll() {
        return names.contains(ALL);
    }

    /** Whether an origin is one of them. */
    boolean include(String origin) {
        return areAll() || names.contains(origin.toLowerCase(Locale.ROOT));
    }
}

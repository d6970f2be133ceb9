package dev.tollgate.http.principal;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.account.PrincipalName;
import dev.tollgate.http.address.ForwardedAddressResolver;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.Enumeration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the principal of a request is read from. Thread-safe; never blocks.
 *
 * @param kind where
 * @param header the header field's name; empty unless the kind is {@link Kind#HEADER}
 */
public record PrincipalSource(Kind kind, String header) {

    /** Where a principal is read from. */
    public enum Kind {
        /** Nowhere: principals are switched off. */
        OFF,
        /** {@link HttpServletRequest#getUserPrincipal()}: whom the container has authenticated, by whatever means. */
        CONTAINER,
        /** A header field that a trusted proxy sets. */
        HEADER
    }

    /** Principals are switched off. */
    public static final PrincipalSource OFF = new PrincipalSource(Kind.OFF, "");

    private static final String OF_HEADER = "header:";
    // RFC 9110, 5.6.2: a token.
    private static final Pattern FIELD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");

    /**
     * As the settings say.
     *
     * @throws dev.tollgate.config.BadSettingException if the setting cannot be used
     */
    public static PrincipalSource of(Settings settings) {
        return settings.get(SettingCatalog.PRINCIPALS, PrincipalSource::parse);
    }

    /**
     * Reads {@code off}, {@code container} or {@code header:NAME}.
     *
     * @throws IllegalArgumentException if the text is none of them
     */
    public static PrincipalSource parse(String text) {
        if (text.equals("off")) {
            return OFF;
        }
        if (text.equals("container")) {
            return new PrincipalSource(Kind.CONTAINER, "");
        }
        String name = text.startsWith(OF_HEADER) ? text.substring(OF_HEADER.length()) : "";
        if (!FIELD.matcher(name).matches()) {
            throw new IllegalArgumentException("must be off, container, or header: and the name of a header field");
        }
        return new PrincipalSource(Kind.HEADER, name);
    }

    /**
     * Returns whom a request comes from; empty if no principal is named, or by a text that is no name.
     *
     * @param addresses knows the proxies whose header fields are believed
     */
    Optional<PrincipalName> read(HttpServletRequest request, ForwardedAddressResolver addresses) {
        return switch (kind) {
            case OFF -> Optional.empty();
            case CONTAINER -> {
                Principal principal = request.getUserPrincipal();
                yield principal == null ? Optional.empty() : name(principal.getName());
            }
            case HEADER ->
                addresses.trusts(request.getRemoteAddr()) ? only(request.getHeaders(header)) : Optional.empty();
        };
    }

    /** Two fields would let a client put its own beside that of a proxy that only adds. So they are ignored. */
    private static Optional<PrincipalName> only(@Nullable Enumeration<String> values) {
        if (values == null || !values.hasMoreElements()) {
            return Optional.empty();
        }
        String value = values.nextElement();
        return values.hasMoreElements() ? Optional.empty() : name(value.strip());
    }

    private static Optional<PrincipalName> name(@Nullable String text) {
        return text == null || !PrincipalName.isName(text) ? Optional.empty() : Optional.of(new PrincipalName(text));
    }
}

package dev.tollgate.config;

import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Names that begin like Tollgate's settings and are none: mistyped ones, which are refused wherever they come from, and those
 * that the server's own configuration reads.
 */
final class ForeignSettings {

    /** Expressions in the server's data source and in the WAR's descriptors. */
    private static final Pattern OF_SERVER = Pattern.compile("tollgate\\.(jdbc\\.[a-z.-]+|context-root)");

    /** What Kubernetes sets for services whose names begin with tollgate. */
    private static final Pattern OF_KUBERNETES = Pattern.compile(
            "TOLLGATE(_[A-Z0-9_]+)?_(SERVICE_(HOST|PORT)(_[A-Z0-9_]+)?|PORT(_\\d+_(TCP|UDP|SCTP)(_[A-Z]+)?)?)");

    private ForeignSettings() {}

    /**
     * Checks names for mistyped ones.
     *
     * @throws BadSettingException for the first name, in alphabetical order, that is no setting
     */
    static void refuse(Map<String, String> properties, Map<String, String> environment) {
        new TreeSet<>(properties.keySet()).forEach(name -> {
            if (name.startsWith("tollgate.")
                    && SettingCatalog.find(name).isEmpty()
                    && !OF_SERVER.matcher(name).matches()) {
                throw BadSettingException.unknown(name, "(a system property)");
            }
        });
        new TreeSet<>(environment.keySet()).forEach(name -> {
            if (name.startsWith("TOLLGATE_")
                    && !isSettingVariable(name)
                    && !OF_KUBERNETES.matcher(name).matches()) {
                throw BadSettingException.unknown(name, "(an environment variable)");
            }
        });
    }

    private static boolean isSettingVariable(String name) {
        return name.startsWith("TOLLGATE_JDBC_")
                || name.equals("TOLLGATE_CONTEXT_ROOT")
                || SettingCatalog.all().stream()
                        .anyMatch(setting -> variable(setting.name()).equals(name));
    }

    /** Returns the environment variable of a setting, as MicroProfile Config maps names. */
    static String variable(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    /** Returns what is wrong with a name that is no setting, with the setting that may be meant. */
    static String explain(String name) {
        if (OF_SERVER.matcher(name).matches()) {
            return "is read by the server, not by Tollgate: set it as a system property or as " + variable(name)
                    + " in the environment";
        }
        return SettingCatalog.all().stream()
                .map(Setting::name)
                .filter(known -> letters(known).equals(letters(name)))
                .findFirst()
                .map(known -> "no such setting; there is " + (name.startsWith("TOLLGATE_") ? variable(known) : known))
                .orElse("no such setting");
    }

    private static String letters(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }
}

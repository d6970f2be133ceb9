package dev.tollgate.config;

import org.jspecify.annotations.Nullable;

/** The failure for a setting that cannot be used; it stops the deployment. Its message is one line that names the setting. */
public class BadSettingException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /**
     * @param name the setting
     * @param value the value that was given
     * @param why the reason why it cannot be used; null if nothing is known of it
     */
    public BadSettingException(String name, String value, @Nullable String why) {
        super(name + " = \"" + (isSecret(name) ? "(not shown)" : shown(value)) + "\": " + why);
    }

    private BadSettingException(String message) {
        super(message);
    }

    /**
     * Returns the failure for a name that is no setting. Its value is not shown, since it may be a secret under a mistyped name.
     *
     * @param name the name
     * @param place where it was found, in parentheses; empty if the caller says it
     */
    public static BadSettingException unknown(String name, String place) {
        return new BadSettingException(
                name + " = \"(not shown)\": " + ForeignSettings.explain(name) + (place.isEmpty() ? "" : " " + place));
    }

    private static boolean isSecret(String name) {
        return name.endsWith(".password") || name.contains(".seal");
    }

    /** Returns the value on one line, without the password of a URL, also of a malformed one. */
    private static String shown(String value) {
        return value.replaceAll("\\p{Cntrl}", " ").replaceAll("//.*@", "//***@");
    }
}

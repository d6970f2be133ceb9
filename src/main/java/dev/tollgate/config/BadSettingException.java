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

    private static boolean isSecret(String name) {
        return name.endsWith(".password") || name.contains(".seal");
    }

    /** Returns the value on one line, without the password of a URL, also of a malformed one. */
    private static String shown(String value) {
        return value.replaceAll("\\p{Cntrl}", " ").replaceAll("//.*@", "//***@");
    }
}

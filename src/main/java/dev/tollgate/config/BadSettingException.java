package dev.tollgate.config;

/** A setting that cannot be used. Its message is one line that names the setting; it stops the deployment. */
public class BadSettingException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /**
     * @param name the setting
     * @param value what was given
     * @param why what is wrong with it
     */
    public BadSettingException(String name, String value, String why) {
        super(name + " = \"" + (isSecret(name) ? "(not shown)" : shown(value)) + "\": " + why);
    }

    private static boolean isSecret(String name) {
        return name.endsWith(".password") || name.contains(".seal");
    }

    /** On one line, and without the password a URL may carry, however the URL is broken. */
    private static String shown(String value) {
        return value.replaceAll("\\p{Cntrl}", " ").replaceAll("//.*@", "//***@");
    }
}

package dev.tollgate.core.problem;

/** Functions that make text from outside fit for a message of one line. */
public final class LogText {

    private static final int MAX_LENGTH = 60;

    private LogText() {}

    /** Returns the text in single quotes: at most 60 characters, anything but printable ASCII replaced by {@code ?}. */
    public static String quote(String text) {
        StringBuilder line = new StringBuilder().append('\'');
        for (int i = 0; i < Math.min(text.length(), MAX_LENGTH); i++) {
            char c = text.charAt(i);
            line.append(c < ' ' || c > '~' ? '?' : c);
        }
        return line.append(text.length() > MAX_LENGTH ? "...'" : "'").toString();
    }
}

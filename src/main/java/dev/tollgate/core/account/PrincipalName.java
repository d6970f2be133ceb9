package dev.tollgate.core.account;

import dev.tollgate.core.problem.PlainText;

/**
 * The name of somebody whom the container or a proxy has authenticated: a user of a directory, the subject of a token, the
 * subject of a certificate.
 *
 * @param text 1 to {@value #MAX} characters without control characters and broken Unicode, not blank at either end
 */
public record PrincipalName(String text) {

    /** The longest name. */
    public static final int MAX = 200;

    /** No text that is presented as an API key has a space, so none has the hash of a principal. */
    private static final String HASHED_AS = "principal ";

    /**
     * @throws IllegalArgumentException if the text is no name
     */
    public PrincipalName {
        if (!isName(text)) {
            throw new IllegalArgumentException("not the name of a principal");
        }
    }

    /** Returns whether a text can be a principal's name. A caller with another name is its address. */
    public static boolean isName(String text) {
        return !text.isEmpty()
                && text.length() <= MAX
                && text.strip().length() == text.length()
                && PlainText.isPlain(text);
    }

    /**
     * Returns the hash under which it is looked up, as the hash of an API key is: SHA-256 in lower-case hexadecimal. It equals
     * the hash of no key.
     */
    public String hash() {
        return ApiKeyToken.hash(HASHED_AS + text);
    }

    /** Returns what may stand in a log: not the name. */
    @Override
    public String toString() {
        return "a principal";
    }
}

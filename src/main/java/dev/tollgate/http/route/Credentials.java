package dev.tollgate.http.route;

import java.util.Locale;

/** What of a request tells who it comes from, and whether it has to. In the order of how much they ask. */
public enum Credentials {
    /** Nothing is looked at: a caller is its address. */
    NONE,
    /** An API key or a principal, if there is one; otherwise a caller is its address. */
    OPTIONAL,
    /** An API key, or a principal with an account. */
    REQUIRED,
    /** A principal with an account. API keys are not looked at. */
    PRINCIPAL;

    /** Returns what a routes file calls it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether nobody passes as an address. */
    public boolean demanded() {
        return this == REQUIRED || this == PRINCIPAL;
    }
}

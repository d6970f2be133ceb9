package dev.tollgate.config;

/** What a {@code %2F} in a request's path is. */
public enum EncodedSlash {
    /** A path that can be read in two ways, and so is refused. */
    REJECT,
    /** A part of its segment, matched as it came. */
    OPAQUE
}

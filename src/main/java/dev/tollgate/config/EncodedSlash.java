package dev.tollgate.config;

/** The treatment of {@code %2F} in a request's path. */
public enum EncodedSlash {
    /** The path is ambiguous and is refused. */
    REJECT,
    /** It is part of its segment and is matched as it is. */
    OPAQUE
}

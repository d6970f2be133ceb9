package dev.tollgate.config;

/** What a principal without an account is. */
public enum UnknownPrincipals {
    /** Its address. */
    ADDRESS,
    /** The holder of a new account. */
    CREATE
}

package dev.tollgate.ops.health;

/** A port to the migration of the schema, which the start of the application runs. */
public interface MigrationStatus {

    /** Returns whether the schema is up to date and the secret for seals is set. */
    boolean isDone();

    /** Returns whether the last attempt failed, which it has logged. False while the first one is under way, and when done. */
    boolean isFailing();
}

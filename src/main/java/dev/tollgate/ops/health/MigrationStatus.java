package dev.tollgate.ops.health;

/** A port to the migration of the schema, which the start of the application runs. */
public interface MigrationStatus {

    /** The state of the migration. */
    enum State {
        /** The first attempt is under way. */
        UNDER_WAY,
        /** The last attempt failed, which it has logged. */
        FAILING,
        /** The schema is up to date and the secret for seals is set. */
        DONE
    }

    /** Returns the state now. */
    State state();

    /** Returns whether the schema is up to date and the secret for seals is set. */
    default boolean isDone() {
        return state() == State.DONE;
    }
}

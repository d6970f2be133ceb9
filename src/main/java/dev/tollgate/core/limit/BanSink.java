package dev.tollgate.core.limit;

/** A port that stores permanent bans in PostgreSQL, so that an emptied Redis can be restored. */
public interface BanSink {

    /**
     * Keeps a permanent ban. Never blocks and never fails; what cannot be written now is written later. Repeating it does
     * nothing.
     */
    void keep(Caller caller, Ban ban);

    /** The caller's ban was changed by hand, which wrote what holds now: whatever still waits to be written is not any more. */
    void supersede(Caller caller);
}

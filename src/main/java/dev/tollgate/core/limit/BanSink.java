package dev.tollgate.core.limit;

/** A port that stores permanent bans in PostgreSQL, so that an emptied Redis can be restored. */
public interface BanSink {

    /**
     * Keeps a permanent ban. Never blocks and never fails; what cannot be written now is written later. Repeating it does
     * nothing.
     */
    void keep(Caller caller, Ban ban);

    /** Drops what still waits to be written for a caller, since an administrator changed its ban and wrote the new state. */
    void supersede(Caller caller);
}

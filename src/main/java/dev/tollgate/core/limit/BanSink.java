package dev.tollgate.core.limit;

/** Where permanent bans are kept for good, so that an emptied Redis gets them back: PostgreSQL. */
public interface BanSink {

    /**
     * Keeps a permanent ban. Never blocks and never fails; what cannot be written now is written later. Repeating it does
     * nothing.
     */
    void keep(Caller caller, Ban ban);

    /** The caller's ban was changed by hand, which wrote what holds now: whatever still waits to be written is not any more. */
    void supersede(Caller caller);
}

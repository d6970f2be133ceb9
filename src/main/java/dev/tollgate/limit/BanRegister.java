package dev.tollgate.limit;

/** Where permanent bans are kept for good, so that an emptied Redis gets them back: PostgreSQL. */
public interface BanRegister {

    /**
     * Keeps a permanent ban. Never blocks and never fails; what cannot be written now is written later. Repeating it does
     * nothing.
     */
    void keep(Caller caller, Ban ban);
}

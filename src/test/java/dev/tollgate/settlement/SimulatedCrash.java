package dev.tollgate.settlement;

/** The end of a process, on purpose: nothing of ours catches it. */
final class SimulatedCrash extends Error {

    private static final long serialVersionUID = 1L;

    SimulatedCrash() {
        super("died on purpose", null, false, false);
    }
}

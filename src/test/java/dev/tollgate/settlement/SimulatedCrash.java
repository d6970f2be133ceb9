package dev.tollgate.settlement;

/** An error that simulates the end of the process; no code of Tollgate catches it. */
final class SimulatedCrash extends Error {

    private static final long serialVersionUID = 1L;

    SimulatedCrash() {
        super("died on purpose", null, false, false);
    }
}

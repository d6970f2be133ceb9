package dev.tollgate.gate;

import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.ViolationLog;
import dev.tollgate.core.limit.ViolationLog.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A log of violations in memory. */
public final class RecordingViolationLog implements ViolationLog {

    private final List<Violation> noted = new ArrayList<>();

    @Override
    public synchronized void note(Caller caller, Violation violation) {
        noted.add(violation);
    }

    /** All there were, oldest first. */
    public synchronized List<Violation> all() {
        return List.copyOf(noted);
    }

    @Override
    public CompletionStage<Known> of(Caller caller) {
        return CompletableFuture.completedFuture(new Known(0, 0, all()));
    }
}

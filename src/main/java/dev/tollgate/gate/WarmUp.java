package dev.tollgate.gate;

import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.GateStore;
import dev.tollgate.core.limit.WindowPolicy;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Decisions that change nothing, made at the start. They load classes and open connections, so that the first requests do not
 * spend their budget on it.
 */
final class WarmUp {

    private static final Logger LOG = System.getLogger(WarmUp.class.getName());
    private static final int CROWD = 64;

    private static final GateRequest LOOK = GateRequest.peek(
            Caller.address("warm-up"), List.of(WindowPolicy.minute(1)), OptionalLong.empty(), BanLadder.STANDARD);

    private final GateStore store;

    WarmUp(GateStore store) {
        this.store = store;
    }

    /** Goes on until decisions stop getting faster. Gives up at the first failure, and when the time is over. */
    void run(Duration atMost) {
        WarmUpRounds.run(atMost, this::decideForACrowd);
    }

    private boolean decideForACrowd() {
        List<CompletableFuture<Decision>> crowd = new ArrayList<>(CROWD);
        for (int i = 0; i < CROWD; i++) {
            crowd.add(store.decide(LOOK).toCompletableFuture());
        }
        try {
            CompletableFuture.allOf(crowd.toArray(CompletableFuture[]::new)).get(1, TimeUnit.SECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.DEBUG, "not warmed up", e);
        }
        return false;
    }
}

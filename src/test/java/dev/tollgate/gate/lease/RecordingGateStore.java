package dev.tollgate.gate.lease;

import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.GateStore;
import dev.tollgate.core.limit.LeaseGrant;
import dev.tollgate.core.limit.LeaseRequest;
import dev.tollgate.core.limit.WindowPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A store that notes which leases it is asked for, and fails then if a test wants it to. */
final class RecordingGateStore implements GateStore {

    final List<LeaseRequest> leases = new ArrayList<>();
    private final GateStore store;
    private boolean failing;

    RecordingGateStore(GateStore store) {
        this.store = store;
    }

    /** Answers no request for a lease from now on. */
    void fail() {
        failing = true;
    }

    @Override
    public CompletionStage<LeaseGrant> lease(LeaseRequest request) {
        leases.add(request);
        return failing ? CompletableFuture.failedStage(new IllegalStateException("on purpose")) : store.lease(request);
    }

    @Override
    public CompletionStage<Decision> decide(GateRequest request) {
        return store.decide(request);
    }

    @Override
    public CompletionStage<Void> restore(Caller caller, BillingMonth month, AccountStateSource.AccountState state) {
        return store.restore(caller, month, state);
    }

    @Override
    public CompletionStage<Ban> ban(Caller caller, BanLevel level, String reason) {
        return store.ban(caller, level, reason);
    }

    @Override
    public CompletionStage<Optional<Ban>> lift(Caller caller) {
        return store.lift(caller);
    }

    @Override
    public CompletionStage<BillingMonth> reset(Caller caller, List<WindowPolicy> windows, boolean month) {
        return store.reset(caller, windows, month);
    }
}

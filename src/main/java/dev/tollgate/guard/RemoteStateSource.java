package dev.tollgate.guard;

import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.redis.sync.DirectoryClient;
import dev.tollgate.redis.sync.DirectoryProtocol;
import java.util.concurrent.CompletionStage;

/** What is remembered of callers, as a node with a database tells it. Thread-safe. */
record RemoteStateSource(DirectoryClient inquiries) implements AccountStateSource {

    @Override
    public CompletionStage<AccountState> load(Caller caller, BillingMonth month) {
        return inquiries.ask(DirectoryProtocol.history(caller, month)).thenApply(answer -> {
            if (DirectoryProtocol.isUnavailable(answer)) {
                throw new IllegalStateException("the database is away");
            }
            return DirectoryProtocol.readHistory(answer);
        });
    }
}

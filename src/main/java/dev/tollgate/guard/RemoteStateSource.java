package dev.tollgate.guard;

import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.redis.sync.DirectoryClient;
import dev.tollgate.redis.sync.DirectoryProtocol;
import java.util.concurrent.CompletionStage;

/** The source of account states of a guard, which asks nodes with a database over Redis. Thread-safe. */
record RemoteStateSource(DirectoryClient client) implements AccountStateSource {

    @Override
    public CompletionStage<AccountState> load(Caller caller, BillingMonth month) {
        return client.ask(DirectoryProtocol.history(caller, month)).thenApply(answer -> {
            if (DirectoryProtocol.isUnavailable(answer)) {
                throw new IllegalStateException("the database is unavailable");
            }
            return DirectoryProtocol.readHistory(answer);
        });
    }
}

package dev.tollgate.guard;

import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.CallerHistory;
import dev.tollgate.redis.sync.Inquiries;
import dev.tollgate.redis.sync.InquiryText;
import java.util.concurrent.CompletionStage;

/** What is remembered of callers, as a node with a database tells it. Thread-safe. */
record RemoteHistory(Inquiries inquiries) implements CallerHistory {

    @Override
    public CompletionStage<Recollection> recall(Caller caller, BillingMonth month) {
        return inquiries.ask(InquiryText.history(caller, month)).thenApply(answer -> {
            if (InquiryText.isAway(answer)) {
                throw new IllegalStateException("the database is away");
            }
            return InquiryText.readHistory(answer);
        });
    }
}

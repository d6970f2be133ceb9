package dev.tollgate.rest.admin.refusals;

import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.refusal.RefusalReason;
import dev.tollgate.core.refusal.RefusalRow;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A row that stands for all refusals of a caller, route policy, limit and code in one minute on one node, with the details of
 * the first one. One component for each thing that an operator asks about a refusal, hence more than five.
 *
 * @param id the row's id
 * @param at when the first one was
 * @param lastAt when the last one was
 * @param caller whom limits apply to: an account's id, or {@code ip:} and an address; null for callers without a row of their own
 * @param accountId the account's id; null for an address
 * @param accountName the account's name as it is now; null for an address, or if the account is gone
 * @param keyId the id of the first one's API key or principal; null for none
 * @param address the first one's address; null without a caller
 * @param requestId the first one's id, as {@code X-Request-Id} has it; null without a caller
 * @param route the name of the route policy
 * @param policy the name of the limit that refused; null if none did
 * @param status the HTTP status code of the answer, or that it would have had
 * @param code the code of the problem document
 * @param shadow whether the requests passed, since the route policy was in shadow mode
 * @param count how many refusals the row stands for
 */
public record RefusalView(
        String id,
        Instant at,
        Instant lastAt,
        @Nullable String caller,
        @Nullable String accountId,
        @Nullable String accountName,
        @Nullable String keyId,
        @Nullable String address,
        @Nullable String requestId,
        String route,
        @Nullable String policy,
        int status,
        String code,
        boolean shadow,
        long count) {

    /** The names of the columns of a table. */
    static final String COLUMNS =
            "at,lastAt,caller,accountName,keyId,address,requestId,route,policy,status,code,shadow,count";

    static RefusalView of(RefusalRow row, Map<String, String> names) {
        Caller caller = row.caller();
        RefusalReason reason = row.reason();
        String account = caller != null && caller.isAccount() ? caller.id() : null;
        return new RefusalView(
                row.id(),
                Instant.ofEpochMilli(row.atMillis()),
                Instant.ofEpochMilli(row.lastMillis()),
                caller == null ? null : caller.id(),
                account,
                account == null ? null : names.get(account),
                row.keyId(),
                row.address(),
                row.requestId(),
                reason.route(),
                reason.policy(),
                reason.status(),
                reason.code(),
                reason.shadow(),
                row.count());
    }

    /** Returns what stands under {@link #COLUMNS}; empty for null. */
    Stream<String> cells() {
        return Stream.of(
                        at,
                        lastAt,
                        caller,
                        accountName,
                        keyId,
                        address,
                        requestId,
                        route,
                        policy,
                        status,
                        code,
                        shadow,
                        count)
                .map(value -> Objects.toString(value, ""));
    }
}

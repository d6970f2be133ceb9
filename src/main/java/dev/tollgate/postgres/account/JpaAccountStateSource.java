package dev.tollgate.postgres.account;

import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.postgres.support.Database;
import dev.tollgate.postgres.support.Uuids;
import jakarta.persistence.EntityManager;
import java.sql.Timestamp;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * A source of account states in PostgreSQL: one query per account, on an executor, so that a request's thread does not wait for a
 * connection. Callers that ask for one account at the same time share its query. Thread-safe.
 */
public final class JpaAccountStateSource implements AccountStateSource {

    private static final String RECALL = """
            SELECT (SELECT used FROM quota_usage WHERE account_id = ?1 AND month = ?2), b.reason, b.banned_at
            FROM (VALUES (1)) AS always (x) LEFT JOIN permanent_bans b ON b.caller = ?3
            """;

    private final Database database;
    private final Executor executor;
    private final ConcurrentHashMap<Question, CompletableFuture<AccountState>> underWay = new ConcurrentHashMap<>();

    private record Question(Caller caller, BillingMonth month) {}

    /**
     * @param executor runs the queries, which block; a query it rejects fails
     */
    public JpaAccountStateSource(Database database, Executor executor) {
        this.database = database;
        this.executor = executor;
    }

    @Override
    public CompletionStage<AccountState> load(Caller caller, BillingMonth month) {
        Question question = new Question(caller, month);
        CompletableFuture<AccountState> mine = new CompletableFuture<>();
        CompletableFuture<AccountState> theirs = underWay.putIfAbsent(question, mine);
        if (theirs != null) {
            return theirs.minimalCompletionStage();
        }
        try {
            executor.execute(() -> answer(question, mine));
        } catch (RuntimeException e) {
            underWay.remove(question, mine);
            mine.completeExceptionally(e);
        }
        return mine.minimalCompletionStage();
    }

    private void answer(Question question, CompletableFuture<AccountState> answer) {
        try {
            AccountState recollection = database.inTransaction(entities -> ask(entities, question));
            underWay.remove(question, answer);
            answer.complete(recollection);
        } catch (RuntimeException | Error e) {
            underWay.remove(question, answer);
            answer.completeExceptionally(e);
        }
    }

    private static AccountState ask(EntityManager entities, Question question) {
        UUID account =
                question.caller.isAccount() ? Uuids.parse(question.caller.id()).orElseGet(Uuids::none) : Uuids.none();
        Object[] row = (Object[]) entities.createNativeQuery(RECALL)
                .setParameter(1, account)
                .setParameter(2, question.month.toString())
                .setParameter(3, question.caller.id())
                .getSingleResult();
        long used = row[0] == null ? 0 : ((Number) row[0]).longValue();
        return new AccountState(
                used,
                row[1] == null
                        ? Optional.empty()
                        : Optional.of(new Ban(
                                BanLevel.PERMANENT,
                                (String) row[1],
                                ((Timestamp) row[2]).getTime(),
                                OptionalLong.empty())));
    }
}

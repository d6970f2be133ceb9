package dev.tollgate.redis;

import dev.tollgate.account.AccountDirectory;
import dev.tollgate.limit.BillingMonth;
import dev.tollgate.limit.Caller;
import dev.tollgate.limit.CallerHistory;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.YearMonth;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * Answers what nodes without a database ask ({@link Inquiries}). Every node with one hears every question; who claims it first
 * answers it. What the executor does not take is told to be away at once. Thread-safe.
 */
public final class InquiryDesk {

    private static final Logger LOG = System.getLogger(InquiryDesk.class.getName());
    private static final Duration CLAIMED = Duration.ofSeconds(10);
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final long REDIS_SECONDS = 1;

    private final RedissonClient redisson;
    private final RedisKeys keys;
    private final AccountDirectory directory;
    private final CallerHistory history;
    private final RedisChanges.Sharing share;
    private final Executor executor;
    private boolean listening;

    /**
     * @param redisson carries questions and answers
     * @param keys the channels' names
     * @param directory answers about keys
     * @param history answers about callers
     * @param share writes the lists that all nodes share
     * @param executor where answering may wait for the database; bounds what waits
     */
    public InquiryDesk(
            RedissonClient redisson,
            RedisKeys keys,
            AccountDirectory directory,
            CallerHistory history,
            RedisChanges.Sharing share,
            Executor executor) {
        this.redisson = redisson;
        this.keys = keys;
        this.directory = directory;
        this.history = history;
        this.share = share;
        this.executor = executor;
    }

    /** Begins to listen, unless it does already; to be called until it worked, where waiting for Redis is no harm. */
    public synchronized void open() {
        if (!listening) {
            redisson.getTopic(keys.questions(), StringCodec.INSTANCE)
                    .addListener(String.class, (channel, message) -> heard(message));
            listening = true;
        }
    }

    private void heard(String message) {
        String[] words = message.split(" ", 3);
        if (words.length < 3 || !NAME.matcher(words[0]).matches()) {
            LOG.log(Level.DEBUG, "not a question");
            return;
        }
        try {
            executor.execute(() -> attend(words[0], words[1], words[2]));
        } catch (RejectedExecutionException e) {
            // Its asker must not wait for nothing. Another node may have room: its answer, if it comes first, is the
            // one.
            publish(words[0], words[1], InquiryText.AWAY);
        }
    }

    private void attend(String asker, String number, String question) {
        try {
            if (isMine(asker + ":" + number)) {
                answer(asker, number, question);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.log(Level.DEBUG, "a question could not be answered", e);
            publish(asker, number, InquiryText.AWAY);
        }
    }

    private boolean isMine(String question) throws Exception {
        return redisson.<String>getBucket(keys.asked(question), StringCodec.INSTANCE)
                .setIfAbsentAsync("", CLAIMED)
                .toCompletableFuture()
                .get(REDIS_SECONDS, TimeUnit.SECONDS);
    }

    private void answer(String asker, String number, String question) throws Exception {
        if (question.equals(InquiryText.LISTS)) {
            share.share();
        } else if (question.startsWith(InquiryText.KEY)) {
            String hash = question.substring(InquiryText.KEY.length());
            if (HASH.matcher(hash).matches()) {
                publish(asker, number, InquiryText.answer(directory.findByHash(hash)));
            }
        } else if (question.startsWith(InquiryText.HISTORY)) {
            String[] words = question.split(" ");
            CompletionStage<CallerHistory.Recollection> recalled =
                    history.recall(Caller.parse(words[1]), BillingMonth.of(YearMonth.parse(words[2])));
            recalled.whenComplete((remembered, failure) ->
                    publish(asker, number, failure == null ? InquiryText.answer(remembered) : InquiryText.AWAY));
        }
    }

    private void publish(String asker, String number, String answer) {
        redisson.getTopic(keys.answers(asker), StringCodec.INSTANCE).publishAsync(number + " " + answer);
    }
}

package dev.tollgate.redis.sync;

import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Seal;
import dev.tollgate.redis.seal.Sealing;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.YearMonth;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * Answers what nodes without a database ask ({@link DirectoryClient}). Every node with one hears every question; who claims it first
 * answers it. What the executor does not take is told to be away at once. Thread-safe.
 *
 * <p>A question has to be sealed and gets a sealed answer. Guards of the previous release know no seals: their questions, on a channel of
 * their own, are answered a few at a time, in a form that no node of this release believes.
 */
public final class DirectoryResponder {

    private static final Logger LOG = System.getLogger(DirectoryResponder.class.getName());
    private static final Duration CLAIMED = Duration.ofSeconds(10);
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final long REDIS_SECONDS = 1;
    private static final int UNSEALED_AT_ONCE = 8;

    private final RedissonClient redisson;
    private final RedisKeys keys;
    private final Sealing sealing;
    private final AccountDirectory directory;
    private final AccountStateSource states;
    private final InvalidationBus.SnapshotPublisher snapshots;
    private final Executor executor;
    private final Semaphore unsealed = new Semaphore(UNSEALED_AT_ONCE);
    private boolean listening;

    /**
     * A question.
     *
     * @param asker the node that asks
     * @param number its number there
     * @param text what is asked
     * @param seal what its answer is sealed with; null for none
     */
    private record Question(String asker, String number, String text, Seal seal) {}

    /**
     * @param redisson carries questions and answers
     * @param keys the channels' names
     * @param sealing opens questions and seals answers
     * @param directory answers about keys
     * @param states answers about callers
     * @param snapshots writes the lists that all nodes share
     * @param executor where answering may wait for the database; bounds what waits
     */
    public DirectoryResponder(
            RedissonClient redisson,
            RedisKeys keys,
            Sealing sealing,
            AccountDirectory directory,
            AccountStateSource states,
            InvalidationBus.SnapshotPublisher snapshots,
            Executor executor) {
        this.redisson = redisson;
        this.keys = keys;
        this.sealing = sealing;
        this.directory = directory;
        this.states = states;
        this.snapshots = snapshots;
        this.executor = executor;
    }

    /** Begins to listen, unless it does already; to be called until it worked, where waiting for Redis is no harm. */
    public synchronized void open() {
        if (!listening) {
            redisson.getTopic(keys.sealedQuestions(), StringCodec.INSTANCE)
                    .addListener(String.class, (channel, message) -> onMessage(message));
            redisson.getTopic(keys.questions(), StringCodec.INSTANCE)
                    .addListener(String.class, (channel, message) -> onUnsealedMessage(message));
            listening = true;
        }
    }

    private void onMessage(String message) {
        sealing.openOnce(Sealing.Subject.QUESTION, keys.sealedQuestions(), message)
                .flatMap(opened -> question(opened.text(), opened.by()))
                .ifPresent(question -> take(question, () -> {}));
    }

    private void onUnsealedMessage(String message) {
        question(message, null).ifPresent(question -> {
            if (unsealed.tryAcquire()) {
                take(question, unsealed::release);
            } else {
                // Asking again later beats waiting for an answer that does not come.
                publish(question, DirectoryProtocol.UNAVAILABLE);
            }
        });
    }

    private static Optional<Question> question(String message, Seal seal) {
        String[] words = message.split(" ", 3);
        if (words.length < 3
                || !NAME.matcher(words[0]).matches()
                || !NUMBER.matcher(words[1]).matches()) {
            LOG.log(Level.DEBUG, "not a question");
            return Optional.empty();
        }
        return Optional.of(new Question(words[0], words[1], words[2], seal));
    }

    private void take(Question question, Runnable done) {
        try {
            executor.execute(() -> {
                try {
                    answerIfClaimed(question);
                } finally {
                    done.run();
                }
            });
        } catch (RejectedExecutionException e) {
            done.run();
            // Its asker must not wait for nothing. Another node may have room: its answer, if it comes first, is the
            // one.
            publish(question, DirectoryProtocol.UNAVAILABLE);
        }
    }

    private void answerIfClaimed(Question question) {
        try {
            if (claim(question.asker() + ":" + question.number())) {
                answer(question);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.log(Level.DEBUG, "a question could not be answered", e);
            publish(question, DirectoryProtocol.UNAVAILABLE);
        }
    }

    private boolean claim(String question) throws Exception {
        return redisson.<String>getBucket(keys.asked(question), StringCodec.INSTANCE)
                .setIfAbsentAsync("", CLAIMED)
                .toCompletableFuture()
                .get(REDIS_SECONDS, TimeUnit.SECONDS);
    }

    private void answer(Question question) throws Exception {
        String text = question.text();
        if (text.equals(DirectoryProtocol.LISTS)) {
            snapshots.publish();
        } else if (text.startsWith(DirectoryProtocol.KEY)) {
            String hash = text.substring(DirectoryProtocol.KEY.length());
            if (HASH.matcher(hash).matches()) {
                publish(question, DirectoryProtocol.answer(directory.findByHash(hash)));
            }
        } else if (text.startsWith(DirectoryProtocol.HISTORY)) {
            String[] words = text.split(" ");
            CompletionStage<AccountStateSource.AccountState> recalled =
                    states.load(Caller.parse(words[1]), BillingMonth.of(YearMonth.parse(words[2])));
            recalled.whenComplete((remembered, failure) -> publish(
                    question, failure == null ? DirectoryProtocol.answer(remembered) : DirectoryProtocol.UNAVAILABLE));
        }
    }

    private void publish(Question question, String answer) {
        String channel = keys.answers(question.asker());
        String message = question.number() + " " + answer;
        redisson.getTopic(channel, StringCodec.INSTANCE)
                .publishAsync(question.seal() == null ? message : sealing.sealWith(question.seal(), channel, message));
    }
}

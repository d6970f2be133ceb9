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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * A responder to the questions of guards ({@link DirectoryClient}). Every node with a database receives every question; the
 * node that claims it first answers. Questions beyond the bound of the executor are answered as unavailable at once.
 * Thread-safe.
 *
 * <p>A question must be sealed and gets a sealed answer. Guards of the previous release have no seals. Their questions come on
 * another channel and are answered without a seal, {@value #MAX_UNSEALED} at a time; nodes of this release do not use such
 * answers.
 */
public final class DirectoryResponder {

    private static final Logger LOG = System.getLogger(DirectoryResponder.class.getName());
    private static final Duration CLAIM_TTL = Duration.ofSeconds(10);
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final int MAX_UNSEALED = 8;

    private final RedissonClient redisson;
    private final RedisKeys keys;
    private final Sealing sealing;
    private final AccountDirectory directory;
    private final AccountStateSource states;
    private final InvalidationBus.SnapshotPublisher snapshots;
    private final Executor executor;
    private final Semaphore unsealed = new Semaphore(MAX_UNSEALED);
    private boolean listening;

    /**
     * A question.
     *
     * @param asker the name of the guard
     * @param number the guard's number of the question
     * @param text a line of {@link DirectoryProtocol}
     * @param seal the seal for the answer; null for an unsealed question
     */
    private record Question(
            String asker,
            String number,
            String text,
            @Nullable Seal seal) {}

    /**
     * Creates a responder. More than five arguments, since each is a collaborator that the composition shares with others.
     *
     * @param directory answers questions about keys
     * @param states answers questions about accounts
     * @param snapshots writes the configuration snapshot
     * @param executor runs the answers, which wait for the database; rejects work beyond its bound
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

    /** Subscribes to questions if it has not yet. Called periodically until it succeeds; may block for Redis. */
    public synchronized void subscribe() {
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
                // An immediate refusal lets the guard ask again sooner than a timeout.
                publish(question, DirectoryProtocol.UNAVAILABLE);
            }
        });
    }

    private static Optional<Question> question(String message, @Nullable Seal seal) {
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
            // A refusal instead of a timeout. If another node answers first, the guard uses that answer.
            publish(question, DirectoryProtocol.UNAVAILABLE);
        }
    }

    private void answerIfClaimed(Question question) {
        try {
            if (claim(question.asker() + ":" + question.number())) {
                answer(question);
            }
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "a question of a guard could not be answered", e);
            publish(question, DirectoryProtocol.UNAVAILABLE);
        }
    }

    private boolean claim(String question) {
        return Replies.await(
                redisson.<String>getBucket(keys.asked(question), StringCodec.INSTANCE)
                        .setIfAbsentAsync("", CLAIM_TTL),
                TIMEOUT);
    }

    private void answer(Question question) {
        String text = question.text();
        if (text.equals(DirectoryProtocol.SNAPSHOT)) {
            snapshots.publish();
        } else if (text.startsWith(DirectoryProtocol.KEY)) {
            String hash = text.substring(DirectoryProtocol.KEY.length());
            if (HASH.matcher(hash).matches()) {
                publish(question, DirectoryProtocol.answer(directory.findByHash(hash)));
            }
        } else if (text.startsWith(DirectoryProtocol.PRINCIPAL)) {
            // Accounts are made for guards alone, which have the secret of the seals.
            if (question.seal() != null) {
                DirectoryProtocol.answerPrincipal(text, directory).ifPresent(answer -> publish(question, answer));
            }
        } else if (text.startsWith(DirectoryProtocol.HISTORY)) {
            String[] words = text.split(" ");
            CompletionStage<AccountStateSource.AccountState> state =
                    states.load(Caller.parse(words[1]), BillingMonth.of(YearMonth.parse(words[2])));
            state.whenComplete((found, failure) -> publish(
                    question, failure == null ? DirectoryProtocol.answer(found) : DirectoryProtocol.UNAVAILABLE));
        }
    }

    private void publish(Question question, String answer) {
        String channel = keys.answers(question.asker());
        String message = question.number() + " " + answer;
        redisson.getTopic(channel, StringCodec.INSTANCE)
                .publishAsync(question.seal() == null ? message : sealing.sealWith(question.seal(), channel, message));
    }
}

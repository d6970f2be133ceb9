package dev.tollgate.redis.sync;

import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Sealing;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * A client for questions of a guard, which has no database, to the nodes that have one.
 *
 * <p>A question is published under seal, with a number. The node that claims it first answers on a channel of this guard alone;
 * see {@link DirectoryResponder}. Answers without a right seal are dropped. Callers with the same question share one message.
 * Neither questions nor answers are repeated: a lost one ends in a timeout. Bounded to {@value #MAX_WAITING} questions;
 * thread-safe; never blocks a caller.
 */
public final class DirectoryClient {

    private static final Logger LOG = System.getLogger(DirectoryClient.class.getName());
    private static final int MAX_WAITING = 10_000;

    /** The failure of a question that was not sent or not answered. */
    public static final class UnansweredException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnansweredException(String message) {
            super(message, null, false, false);
        }
    }

    private record Question(String question, long sinceNanos, CompletableFuture<String> answer) {}

    private final RedissonClient redisson;
    private final RedisKeys keys;
    private final Sealing sealing;
    private final long timeoutNanos;
    private final String name = UUID.randomUUID().toString().replace("-", "");
    private final AtomicLong numbers = new AtomicLong();
    private final Map<String, CompletableFuture<String>> underWay = new ConcurrentHashMap<>();
    private final Map<Long, Question> waiting = new ConcurrentHashMap<>();
    private volatile boolean listening;

    /**
     * @param sealing seals questions and opens answers; without a secret every question fails
     * @param timeout the age from which {@link #expire} fails a question
     */
    public DirectoryClient(RedissonClient redisson, RedisKeys keys, Sealing sealing, Duration timeout) {
        this.redisson = redisson;
        this.keys = keys;
        this.sealing = sealing;
        this.timeoutNanos = timeout.toNanos();
    }

    /**
     * Sends a question. The future fails with {@link UnansweredException} if no answer comes in time.
     *
     * @param question a line of {@link DirectoryProtocol}
     */
    public CompletableFuture<String> ask(String question) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        CompletableFuture<String> pending = underWay.putIfAbsent(question, answer);
        if (pending != null) {
            return pending;
        }
        Optional<String> obstacle = unavailability();
        if (obstacle.isPresent()) {
            underWay.remove(question, answer);
            answer.completeExceptionally(new UnansweredException(obstacle.get()));
            return answer;
        }
        long number = numbers.incrementAndGet();
        waiting.put(number, new Question(question, System.nanoTime(), answer));
        publish(number, question).whenComplete((receivers, failure) -> {
            if (failure != null) {
                complete(number, null, failure);
            }
        });
        return answer;
    }

    private Optional<String> unavailability() {
        if (!sealing.isReady()) {
            return Optional.of("tollgate.redis.seal is not set");
        }
        if (!listening) {
            return Optional.of("Redis is not connected");
        }
        return waiting.size() >= MAX_WAITING ? Optional.of("too many questions at once") : Optional.empty();
    }

    /** Sends a request without an answer: a line of {@link DirectoryProtocol}. */
    public void send(String question) {
        if (listening && sealing.isReady()) {
            publish(numbers.incrementAndGet(), question);
        }
    }

    private CompletionStage<Long> publish(long number, String question) {
        String channel = keys.sealedQuestions();
        return redisson.getTopic(channel, StringCodec.INSTANCE)
                .publishAsync(sealing.seal(channel, name + " " + number + " " + question));
    }

    /**
     * Fails the questions that timed out, and subscribes to answers if it has not yet. Called a few times a second; may block.
     */
    public void expire() {
        long now = System.nanoTime();
        for (Map.Entry<Long, Question> entry : waiting.entrySet()) {
            if (now - entry.getValue().sinceNanos() > timeoutNanos) {
                complete(entry.getKey(), null, new TimeoutException());
            }
        }
        if (!listening) {
            try {
                redisson.getTopic(keys.answers(name), StringCodec.INSTANCE)
                        .addListener(String.class, (channel, message) -> onMessage(message));
                listening = true;
            } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, "cannot subscribe to answers yet", e);
            }
        }
    }

    private void onMessage(String sealed) {
        sealing.openOnce(Sealing.Subject.ANSWER, keys.answers(name), sealed).ifPresent(opened -> accept(opened.text()));
    }

    private void accept(String message) {
        int space = message.indexOf(' ');
        try {
            complete(Long.parseLong(message.substring(0, space)), message.substring(space + 1), null);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            LOG.log(Level.DEBUG, "not an answer", e);
        }
    }

    private void complete(long number, @Nullable String answer, @Nullable Throwable failure) {
        Question pending = waiting.remove(number);
        if (pending == null) {
            return; // too late, or a second answer
        }
        underWay.remove(pending.question(), pending.answer());
        if (failure == null) {
            pending.answer().complete(answer);
        } else {
            pending.answer()
                    .completeExceptionally(new UnansweredException(
                            failure instanceof TimeoutException
                                    ? "no node with a database answered"
                                    : failure.getClass().getSimpleName()));
        }
    }
}

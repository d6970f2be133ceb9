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
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * Questions of a node without a database to those that have one, over Redis and under seal: published with a number, answered on a
 * channel of this node's own by whichever node claims it first ({@link DirectoryResponder}). An answer without a right seal is none. A question that is under way is not asked twice.
 * Nothing is repeated: an answer that is lost is one that did not come in time. Bounded; thread-safe; never blocks a caller.
 */
public final class DirectoryClient {

    private static final Logger LOG = System.getLogger(DirectoryClient.class.getName());
    private static final int MAX_WAITING = 10_000;

    /** Why a question was not asked or not answered. */
    public static final class UnansweredException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnansweredException(String message) {
            super(message, null, false, false);
        }
    }

    private record Asked(String question, long sinceNanos, CompletableFuture<String> answer) {}

    private final RedissonClient redisson;
    private final RedisKeys keys;
    private final Sealing sealing;
    private final long patienceNanos;
    private final String name = UUID.randomUUID().toString().replace("-", "");
    private final AtomicLong numbers = new AtomicLong();
    private final Map<String, CompletableFuture<String>> underWay = new ConcurrentHashMap<>();
    private final Map<Long, Asked> waiting = new ConcurrentHashMap<>();
    private volatile boolean listening;

    /**
     * @param redisson carries questions and answers
     * @param keys the channels' names
     * @param sealing seals questions and opens answers; without a secret nothing is asked
     * @param patience after which a question is given up by {@link #expire}
     */
    public DirectoryClient(RedissonClient redisson, RedisKeys keys, Sealing sealing, Duration patience) {
        this.redisson = redisson;
        this.keys = keys;
        this.sealing = sealing;
        this.patienceNanos = patience.toNanos();
    }

    /**
     * Asks. Fails with {@link UnansweredException} if nobody answers in time.
     *
     * @param question a line of {@link DirectoryProtocol}
     */
    public CompletableFuture<String> ask(String question) {
        CompletableFuture<String> mine = new CompletableFuture<>();
        CompletableFuture<String> theirs = underWay.putIfAbsent(question, mine);
        if (theirs != null) {
            return theirs;
        }
        Optional<String> hindrance = unavailability();
        if (hindrance.isPresent()) {
            underWay.remove(question, mine);
            mine.completeExceptionally(new UnansweredException(hindrance.get()));
            return mine;
        }
        long number = numbers.incrementAndGet();
        waiting.put(number, new Asked(question, System.nanoTime(), mine));
        publish(number, question).whenComplete((heard, failure) -> {
            if (failure != null) {
                settle(number, null, failure);
            }
        });
        return mine;
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

    /** Asks for something that is not answered to this node: a line of {@link DirectoryProtocol}. */
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

    /** To be called a few times a second, where waiting is no harm: listens for answers, and gives up on what took too long. */
    public void expire() {
        long now = System.nanoTime();
        for (Map.Entry<Long, Asked> entry : waiting.entrySet()) {
            if (now - entry.getValue().sinceNanos() > patienceNanos) {
                settle(entry.getKey(), null, new TimeoutException());
            }
        }
        if (!listening) {
            try {
                redisson.getTopic(keys.answers(name), StringCodec.INSTANCE)
                        .addListener(String.class, (channel, message) -> onMessage(message));
                listening = true;
            } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, "cannot listen for answers yet", e);
            }
        }
    }

    private void onMessage(String sealed) {
        sealing.openOnce(Sealing.Subject.ANSWER, keys.answers(name), sealed).ifPresent(opened -> take(opened.text()));
    }

    private void take(String message) {
        int space = message.indexOf(' ');
        try {
            settle(Long.parseLong(message.substring(0, space)), message.substring(space + 1), null);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            LOG.log(Level.DEBUG, "not an answer", e);
        }
    }

    private void settle(long number, String answer, Throwable failure) {
        Asked asked = waiting.remove(number);
        if (asked == null) {
            return; // answered too late, or twice
        }
        underWay.remove(asked.question(), asked.answer());
        if (failure == null) {
            asked.answer().complete(answer);
        } else {
            asked.answer()
                    .completeExceptionally(new UnansweredException(
                            failure instanceof TimeoutException
                                    ? "no node with a database answered"
                                    : failure.getClass().getSimpleName()));
        }
    }
}

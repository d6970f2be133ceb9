package dev.tollgate.redis.sync;

import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.ChangeListener;
import dev.tollgate.core.account.ChangePublisher;
import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.UnreadableStateException;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.ErrorReplies;
import dev.tollgate.redis.connection.MissingRights;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Sealing;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * A bus for changes to keys, accounts, tiers and bans: it publishes the changes of this node over Redis, sealed, and applies
 * those of other nodes. Nodes of the previous release get them without a seal.
 *
 * <p>Each change raises the counter {@code edition} and is published with its number. A node applies the messages and reads the
 * edition twice a second. If the edition differs from the last message's number twice in a row, a message was lost or Redis was
 * emptied, and the node drops all its caches. A change therefore takes effect on every node within two seconds, and as a rule
 * at once.
 *
 * <p>A change that cannot be published is kept and published later, {@value #MAX_UNPUBLISHED} at most. Beyond that, one message
 * that tells all nodes to drop their caches replaces them.
 *
 * <p>Thread-safe. A change is published on the thread that made it. Messages are applied on the executor, in any order.
 *
 * <p><b>Known limitation</b>: changes that are not published yet are lost if the process ends.
 */
public final class InvalidationBus implements ChangePublisher, AutoCloseable {

    private static final Logger LOG = System.getLogger(InvalidationBus.class.getName());
    private static final Script PUBLISH = Script.load(Operation.EDITS, "sync/edit_publish");
    private static final long POLL_MILLIS = 500;
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final int MAX_UNPUBLISHED = 1_000;
    private static final Pattern EDITION = Pattern.compile("\\d{1,18}");
    private static final String ADDED = "added";
    private static final String RESET = "reset";
    private static final String EVERYTHING = "everything -";

    private final RedissonClient redisson;
    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final Sealing sealing;
    private final RedisKeyCache cache;
    private final AccountDirectory directory;
    private final ChangeListener listener;
    private final ScheduledExecutorService executor;
    private final SnapshotPublisher snapshots;
    private final MissingRights rights;
    private final Object publishing = new Object();
    private final ArrayDeque<String> unpublished = new ArrayDeque<>();
    private boolean subscribed;
    private long edition = -1;
    private boolean behind;
    private @Nullable ScheduledFuture<?> polling;

    /** A publisher of the configuration snapshot for guards. */
    @FunctionalInterface
    public interface SnapshotPublisher {

        /** Publishes nothing. For guards, which make no changes. */
        SnapshotPublisher NONE = () -> {};

        /**
         * Publishes a new snapshot; blocks for Redis and the database.
         *
         * @throws RedisUnavailableException if Redis did not take it
         * @throws DatabaseUnavailableException if the database could not be read
         */
        void publish();
    }

    /**
     * Creates a bus. More than five arguments, since each is a collaborator that the assembly shares with others.
     *
     * @param redisson reads the edition and subscribes to messages
     * @param cache the cache of keys in Redis, updated before a change is published
     * @param directory the database, read again after a change
     * @param listener the caches of this node
     * @param executor polls the edition and applies messages
     * @param snapshots publishes the snapshot after a change of tiers, routes or permanent bans
     * @param rights is told of a channel that an ACL denies
     */
    public InvalidationBus(
            RedissonClient redisson,
            ScriptBatcher batcher,
            RedisKeys keys,
            Sealing sealing,
            RedisKeyCache cache,
            AccountDirectory directory,
            ChangeListener listener,
            ScheduledExecutorService executor,
            SnapshotPublisher snapshots,
            MissingRights rights) {
        this.redisson = redisson;
        this.batcher = batcher;
        this.keys = keys;
        this.sealing = sealing;
        this.cache = cache;
        this.directory = directory;
        this.listener = listener;
        this.executor = executor;
        this.snapshots = snapshots;
        this.rights = rights;
    }

    /** Starts polling the edition, and subscribes once Redis is connected. */
    public synchronized void subscribe() {
        polling = executor.scheduleWithFixedDelay(this::poll, 0, POLL_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void close() {
        if (polling != null) {
            polling.cancel(false);
        }
    }

    @Override
    public void keyChanged(String hash) {
        listener.keyChanged(hash);
        publish("key " + hash);
    }

    @Override
    public void keysAdded() {
        listener.keysAdded();
        // The previous release does not know the word, and drops all that it remembers.
        publish(ADDED + " -");
    }

    @Override
    public void accountChanged(String accountId) {
        listener.accountChanged(accountId);
        publish("account " + accountId);
    }

    @Override
    public void tiersChanged() {
        listener.tiersChanged();
        publish("tiers -");
    }

    @Override
    public void banChanged(Caller caller) {
        listener.banChanged(caller);
        publish("ban " + caller.id());
    }

    @Override
    public void limitsReset(Caller caller) {
        listener.limitsReset(caller);
        publish(RESET + " " + caller.id());
    }

    private void publish(String change) {
        synchronized (unpublished) {
            if (unpublished.size() >= MAX_UNPUBLISHED) {
                unpublished.clear();
                unpublished.add(EVERYTHING);
            } else {
                unpublished.add(change);
            }
        }
        // On the thread of the change: when the administrator gets the response, it is published, unless Redis is down.
        publishAll();
    }

    /** Publishes the kept changes in order. Stops at the first that fails; the next poll goes on. */
    private void publishAll() {
        // One thread at a time: two would publish the same change and remove the one after it.
        synchronized (publishing) {
            publishEach();
        }
    }

    private void publishEach() {
        String change;
        while ((change = firstUnpublished()) != null) {
            try {
                replaceShared(change);
                String number =
                        Replies.await(batcher.call(PUBLISH, List.of(keys.edition()), keys.changes(), change), TIMEOUT);
                // If the process ends here, the edition is higher than the last message's: polling finds that.
                Replies.await(
                        redisson.getTopic(keys.sealedChanges(), StringCodec.INSTANCE)
                                .publishAsync(sealing.seal(keys.sealedChanges(), number + " " + change)),
                        TIMEOUT);
                acknowledge(change);
            } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, "a change could not be published yet", e);
                noteDenial(e);
                return;
            }
        }
    }

    private @Nullable String firstUnpublished() {
        synchronized (unpublished) {
            return unpublished.peek();
        }
    }

    private void acknowledge(String change) {
        synchronized (unpublished) {
            unpublished.removeFirstOccurrence(change);
        }
    }

    /** Updates the copies in Redis first, so that a node that gets the message does not read the old ones. */
    private void replaceShared(String change) {
        int space = change.indexOf(' ');
        String id = change.substring(space + 1);
        long asOf = sealing.now();
        switch (change.substring(0, space)) {
            case "key" -> Replies.await(cache.replace(id, directory.findByHash(id), asOf), TIMEOUT);
            case "account" -> {
                var tier = directory.tierOf(id);
                if (tier.isPresent()) {
                    Replies.await(cache.replaceTier(id, tier.get()), TIMEOUT);
                }
            }
            case ADDED, RESET -> {
                // Redis holds no copy of an unknown key, nor of what was reset.
            }
            default -> snapshots.publish();
        }
    }

    private void poll() {
        try {
            if (!subscribed) {
                redisson.getTopic(keys.sealedChanges(), StringCodec.INSTANCE)
                        .addListener(String.class, (channel, message) -> executor.execute(() -> onMessage(message)));
                subscribed = true;
            }
            String now = Replies.await(
                    redisson.<String>getBucket(keys.edition(), StringCodec.INSTANCE)
                            .getAsync()
                            .exceptionallyCompose(InvalidationBus::unreadable),
                    TIMEOUT);
            compare(edition(now));
            publishAll();
            listener.catchUp();
            sealing.expire();
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "the edition could not be read", e);
            noteDenial(e);
        }
    }

    private void noteDenial(RuntimeException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        rights.note(cause, "the channel " + keys.changes() + "*", Operation.EDITS.description());
    }

    private static CompletionStage<String> unreadable(Throwable failure) {
        return ErrorReplies.translate(failure) instanceof UnreadableStateException
                ? CompletableFuture.completedStage("not a text")
                : CompletableFuture.failedStage(failure);
    }

    /** Reads an edition; text that is no number differs from every edition. */
    private static long edition(@Nullable String text) {
        if (text == null) {
            return 0;
        }
        return EDITION.matcher(text).matches() ? Long.parseLong(text) : Long.MAX_VALUE;
    }

    private void compare(long now) {
        if (isBehind(now)) {
            listener.everythingChanged();
        }
    }

    /** Returns whether a message was lost. At the first difference, the message may still be on its way. */
    private synchronized boolean isBehind(long now) {
        if (edition < 0) {
            // Messages before the subscription were missed.
            edition = now;
            return true;
        }
        if (edition == now) {
            behind = false;
            return false;
        }
        if (!behind) {
            behind = true;
            return false;
        }
        edition = now;
        behind = false;
        return true;
    }

    /** Records the number of a message. After a gap it does not, so that polling finds the difference. */
    private synchronized void recordNumber(long number) {
        if (edition < 0 || number == edition + 1) {
            edition = number;
        }
    }

    /** Applies a sealed message. Others are dropped; a change by the previous release is found by polling. */
    private void onMessage(String message) {
        sealing.openOnce(Sealing.Subject.CHANGE, keys.sealedChanges(), message)
                .ifPresent(opened -> apply(opened.text()));
    }

    private void apply(String message) {
        String[] words = message.split(" ", 3);
        try {
            switch (words[1]) {
                case "key" -> listener.keyChanged(words[2]);
                case ADDED -> listener.keysAdded();
                case "account" -> listener.accountChanged(words[2]);
                case "tiers" -> listener.tiersChanged();
                case "ban" -> listener.banChanged(Caller.parse(words[2]));
                case RESET -> listener.limitsReset(Caller.parse(words[2]));
                default -> listener.everythingChanged();
            }
            recordNumber(Long.parseLong(words[0]));
        } catch (DatabaseUnavailableException e) {
            LOG.log(Level.DEBUG, "a change came while the database cannot be read", e);
        }
    }
}

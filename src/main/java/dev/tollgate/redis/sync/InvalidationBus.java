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
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Sealing;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * Tells all nodes of edits over Redis, and this node of theirs, under seal. Nodes of the previous release are told as they
 * understand it.
 *
 * <p>An edit is counted in {@code edition} and published with its count. A node follows the messages and looks at the edition
 * twice a second: if it differs from the last message's at two looks in a row, a message was lost (or Redis was emptied) and
 * everything remembered is dropped. So an edit holds on every node within two seconds, at once as a rule. An edit that Redis
 * cannot be told is remembered and told when it can; there are at most {@value #MAX_UNPUBLISHED}, then all nodes drop all.
 *
 * <p>Thread-safe. An edit is told on the thread that made it; messages are handled on the executor given, in any order.
 */
public final class InvalidationBus implements ChangePublisher, AutoCloseable {

    private static final Logger LOG = System.getLogger(InvalidationBus.class.getName());
    private static final Script PUBLISH = Script.load(Operation.EDITS, "sync/edit_publish");
    private static final long POLL_MILLIS = 500;
    private static final int MAX_UNPUBLISHED = 1_000;
    private static final Pattern EDITION = Pattern.compile("\\d{1,18}");
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
    private final Object publishing = new Object();
    private final ArrayDeque<String> unpublished = new ArrayDeque<>();
    private boolean subscribed;
    private long edition = -1;
    private boolean behind;
    private ScheduledFuture<?> polling;

    /** Replaces what Redis holds for nodes without a database. */
    @FunctionalInterface
    public interface SnapshotPublisher {

        /** Holds nothing for others. */
        SnapshotPublisher NONE = () -> {};

        /**
         * Does it.
         *
         * @throws Exception if it cannot be done now
         */
        void publish() throws Exception;
    }

    /** The same for a node that edits nothing, or shares with none but its like. */
    public InvalidationBus(
            RedissonClient redisson,
            ScriptBatcher batcher,
            RedisKeys keys,
            Sealing sealing,
            RedisKeyCache cache,
            AccountDirectory directory,
            ChangeListener listener,
            ScheduledExecutorService executor) {
        this(redisson, batcher, keys, sealing, cache, directory, listener, executor, SnapshotPublisher.NONE);
    }

    /**
     * @param redisson for the subscription and the edition
     * @param batcher how edits are told
     * @param keys the keys' names
     * @param sealing seals what is told, and opens what is heard
     * @param cache what Redis holds of keys and accounts, replaced before the nodes are told
     * @param directory the truth, read again after an edit
     * @param listener this node's memory
     * @param executor runs the looks and handles messages
     * @param snapshots replaces what tiers, switched routes and callers banned for good were told to nodes without a database
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
            SnapshotPublisher snapshots) {
        this.redisson = redisson;
        this.batcher = batcher;
        this.keys = keys;
        this.sealing = sealing;
        this.cache = cache;
        this.directory = directory;
        this.listener = listener;
        this.executor = executor;
        this.snapshots = snapshots;
    }

    /** Starts following other nodes' edits; Redis may be away. */
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

    private void publish(String change) {
        synchronized (unpublished) {
            if (unpublished.size() >= MAX_UNPUBLISHED) {
                unpublished.clear();
                unpublished.add(EVERYTHING);
            } else {
                unpublished.add(change);
            }
        }
        // On the editor's own thread: when it has its answer, the edit is told, unless Redis is away.
        publishAll();
    }

    /** Tells what is untold, in order; stops at the first that cannot be told and is called again by the next look. */
    private void publishAll() {
        // One teller at a time, or two would tell the same edit and cross off the one behind it.
        synchronized (publishing) {
            publishEach();
        }
    }

    private void publishEach() {
        String change;
        while ((change = firstUnpublished()) != null) {
            try {
                replaceShared(change);
                String number = batcher.call(PUBLISH, List.of(keys.edition()), keys.changes(), change)
                        .get(1, TimeUnit.SECONDS);
                // Who dies before this leaves an edition that no message explains: the looks find it.
                redisson.getTopic(keys.sealedChanges(), StringCodec.INSTANCE)
                        .publishAsync(sealing.seal(keys.sealedChanges(), number + " " + change))
                        .toCompletableFuture()
                        .get(1, TimeUnit.SECONDS);
                acknowledged(change);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (Exception e) {
                LOG.log(Level.DEBUG, "an edit could not be told yet", e);
                return;
            }
        }
    }

    private String firstUnpublished() {
        synchronized (unpublished) {
            return unpublished.peek();
        }
    }

    private void acknowledged(String change) {
        synchronized (unpublished) {
            unpublished.removeFirstOccurrence(change);
        }
    }

    /** Redis's own copy first: a node that hears of the edit must not read the old one there. */
    private void replaceShared(String change) throws Exception {
        int space = change.indexOf(' ');
        String id = change.substring(space + 1);
        long asOf = sealing.now();
        switch (change.substring(0, space)) {
            case "key" ->
                cache.replace(id, directory.findByHash(id), asOf)
                        .toCompletableFuture()
                        .get(1, TimeUnit.SECONDS);
            case "account" -> {
                var tier = directory.tierOf(id);
                if (tier.isPresent()) {
                    cache.replaceTier(id, tier.get()).toCompletableFuture().get(1, TimeUnit.SECONDS);
                }
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
            String now = redisson.<String>getBucket(keys.edition(), StringCodec.INSTANCE)
                    .getAsync()
                    .exceptionallyCompose(InvalidationBus::unreadable)
                    .toCompletableFuture()
                    .get(1, TimeUnit.SECONDS);
            compare(edition(now));
            publishAll();
            listener.catchUp();
            sealing.expire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.log(Level.DEBUG, "the edition cannot be read", e);
        }
    }

    private static CompletionStage<String> unreadable(Throwable failure) {
        return ErrorReplies.translate(failure) instanceof UnreadableStateException
                ? CompletableFuture.completedStage("not a text")
                : CompletableFuture.failedStage(failure);
    }

    /** What is no number, whoever wrote it, differs from every edition. */
    private static long edition(String text) {
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

    /** Whether an edit was missed: the message of a difference seen the first time may just be on its way. */
    private synchronized boolean isBehind(long now) {
        if (edition < 0) {
            // What was told before this node listened, it never heard.
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

    /** A gap is a lost message: the edition is left as it is then, so that the looks find the difference. */
    private synchronized void isNext(long number) {
        if (edition < 0 || number == edition + 1) {
            edition = number;
        }
    }

    /** A message without a right seal does nothing. If it was of the previous release, the looks find that there was an edit. */
    private void onMessage(String message) {
        sealing.openOnce(Sealing.Subject.CHANGE, keys.sealedChanges(), message)
                .ifPresent(opened -> apply(opened.text()));
    }

    private void apply(String message) {
        String[] words = message.split(" ", 3);
        try {
            switch (words[1]) {
                case "key" -> listener.keyChanged(words[2]);
                case "account" -> listener.accountChanged(words[2]);
                case "tiers" -> listener.tiersChanged();
                case "ban" -> listener.banChanged(Caller.parse(words[2]));
                default -> listener.everythingChanged();
            }
            isNext(Long.parseLong(words[0]));
        } catch (DatabaseUnavailableException e) {
            LOG.log(Level.DEBUG, "an edit was heard of while the database is away", e);
        }
    }
}

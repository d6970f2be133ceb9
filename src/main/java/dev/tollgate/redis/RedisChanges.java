package dev.tollgate.redis;

import dev.tollgate.account.AccountDirectory;
import dev.tollgate.account.ChangeListener;
import dev.tollgate.account.Changes;
import dev.tollgate.account.DirectoryUnavailableException;
import dev.tollgate.limit.Caller;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * Tells all nodes of edits over Redis, and this node of theirs.
 *
 * <p>An edit is counted in {@code edition} and published with its count. A node follows the messages and looks at the edition
 * twice a second: if it differs from the last message's at two looks in a row, a message was lost (or Redis was emptied) and
 * everything remembered is dropped. So an edit holds on every node within two seconds, at once as a rule. An edit that Redis
 * cannot be told is remembered and told when it can; there are at most {@value #MOST_UNTOLD}, then all nodes drop all.
 *
 * <p>Thread-safe. Messages are handled one after the other on the executor given.
 */
public final class RedisChanges implements Changes, AutoCloseable {

    private static final Logger LOG = System.getLogger(RedisChanges.class.getName());
    private static final Script CHANGE = Script.load("change");
    private static final long LOOK_MILLIS = 500;
    private static final int MOST_UNTOLD = 1_000;
    private static final String EVERYTHING = "everything -";

    private final RedissonClient redisson;
    private final Flights flights;
    private final RedisKeys keys;
    private final RedisKeyCache cache;
    private final AccountDirectory directory;
    private final ChangeListener listener;
    private final ScheduledExecutorService executor;
    private final Queue<String> untold = new ArrayDeque<>();
    private boolean subscribed;
    private long edition = -1;
    private boolean behind;
    private ScheduledFuture<?> looking;

    /**
     * @param redisson for the subscription and the edition
     * @param flights how edits are told
     * @param keys the keys' names
     * @param cache what Redis holds of keys and accounts, replaced before the nodes are told
     * @param directory the truth, read again after an edit
     * @param listener this node's memory
     * @param executor runs the looks and handles messages; one thread is enough
     */
    public RedisChanges(
            RedissonClient redisson,
            Flights flights,
            RedisKeys keys,
            RedisKeyCache cache,
            AccountDirectory directory,
            ChangeListener listener,
            ScheduledExecutorService executor) {
        this.redisson = redisson;
        this.flights = flights;
        this.keys = keys;
        this.cache = cache;
        this.directory = directory;
        this.listener = listener;
        this.executor = executor;
    }

    /** Starts following other nodes' edits; Redis may be away. */
    public synchronized void follow() {
        looking = executor.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void close() {
        if (looking != null) {
            looking.cancel(false);
        }
    }

    @Override
    public void keyChanged(String hash) {
        listener.keyChanged(hash);
        tell("key " + hash);
    }

    @Override
    public void accountChanged(String accountId) {
        listener.accountChanged(accountId);
        tell("account " + accountId);
    }

    @Override
    public void tiersChanged() {
        listener.tiersChanged();
        tell("tiers -");
    }

    @Override
    public void banChanged(Caller caller) {
        listener.banChanged(caller);
        tell("ban " + caller.id());
    }

    private synchronized void tell(String change) {
        if (untold.size() >= MOST_UNTOLD) {
            untold.clear();
            untold.add(EVERYTHING);
        } else {
            untold.add(change);
        }
        executor.execute(this::tellAll);
    }

    /** Tells what is untold, in order; stops at the first that cannot be told and is called again by the next look. */
    private void tellAll() {
        String change;
        while ((change = next()) != null) {
            try {
                replaceShared(change);
                flights.call(CHANGE, List.of(keys.edition()), keys.changes(), change)
                        .get(1, TimeUnit.SECONDS);
                done();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (Exception e) {
                LOG.log(Level.DEBUG, "an edit could not be told yet", e);
                return;
            }
        }
    }

    private synchronized String next() {
        return untold.peek();
    }

    private synchronized void done() {
        untold.poll();
    }

    /** Redis's own copy first: a node that hears of the edit must not read the old one there. */
    private void replaceShared(String change) throws Exception {
        int space = change.indexOf(' ');
        String id = change.substring(space + 1);
        switch (change.substring(0, space)) {
            case "key" ->
                cache.replace(id, directory.findByHash(id))
                        .toCompletableFuture()
                        .get(1, TimeUnit.SECONDS);
            case "account" -> {
                var tier = directory.tierOf(id);
                if (tier.isPresent()) {
                    cache.replaceTier(id, tier.get()).toCompletableFuture().get(1, TimeUnit.SECONDS);
                }
            }
            default -> {
                // Tiers and bans have no copy that could be old.
            }
        }
    }

    private void look() {
        try {
            if (!subscribed) {
                redisson.getTopic(keys.changes(), StringCodec.INSTANCE)
                        .addListener(String.class, (channel, message) -> executor.execute(() -> heard(message)));
                subscribed = true;
            }
            String now = redisson.<String>getBucket(keys.edition(), StringCodec.INSTANCE)
                    .getAsync()
                    .toCompletableFuture()
                    .get(1, TimeUnit.SECONDS);
            compare(now == null ? 0 : Long.parseLong(now));
            tellAll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.log(Level.DEBUG, "the edition cannot be read", e);
        }
    }

    private void compare(long now) {
        if (edition == now) {
            behind = false;
        } else if (edition < 0) {
            edition = now;
        } else if (!behind) {
            // The message may just be on its way.
            behind = true;
        } else {
            edition = now;
            behind = false;
            listener.everythingChanged();
        }
    }

    private void heard(String message) {
        String[] words = message.split(" ", 3);
        long number = Long.parseLong(words[0]);
        // A gap is a lost message: leave the edition, so that the looks find the difference.
        if (edition < 0 || number == edition + 1) {
            edition = number;
        }
        try {
            switch (words[1]) {
                case "key" -> listener.keyChanged(words[2]);
                case "account" -> listener.accountChanged(words[2]);
                case "tiers" -> listener.tiersChanged();
                case "ban" -> listener.banChanged(Caller.parse(words[2]));
                default -> listener.everythingChanged();
            }
        } catch (DirectoryUnavailableException e) {
            LOG.log(Level.DEBUG, "an edit was heard of while the database is away", e);
        }
    }
}

package dev.tollgate.redis.sync;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.core.audit.ReceivedOutboxes;
import dev.tollgate.core.limit.BanRepository.BannedCaller;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Sealing;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * A consumer of the entries that guards put into their {@link Outbox}: it takes them from Redis and keeps them in the database.
 *
 * <p>An entry is kept if its seal is right, it is less than a day old and it was not taken before; others are dropped and
 * counted. While the audit trail has no room, entries stay in Redis. For one thread at a time.
 *
 * <p><b>Known limitation</b>: entries that were taken and are not yet written are lost if the process is killed. A permanent
 * ban is sent again by the next guard that meets it.
 */
public final class OutboxConsumer {

    private static final Logger LOG = System.getLogger(OutboxConsumer.class.getName());
    private static final Script TAKE = Script.load(Operation.EDITS, "sync/outbox_take");
    private static final int BATCH_SIZE = 200;
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Script APPEND = Script.load(Operation.EDITS, "sync/outbox_append");
    private static final Duration LIFE = Duration.ofDays(1);

    private static final Pattern ENTRY = Pattern.compile("[0-9a-f]{32} [0-9]{1,18} (ban|audit) .*");

    private final RedissonClient redisson;
    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final Sealing sealing;
    private final ReceivedOutboxes taken;
    private final AuditSink audit;
    private final BanSink banSink;
    private final BooleanSupplier hasRoom;

    /**
     * Creates a consumer. More than five arguments, since each is a collaborator that the composition shares with others.
     *
     * @param redisson tells whether a ban is still in force
     * @param taken the entries taken before
     * @param audit takes audit events
     * @param banSink takes permanent bans
     * @param hasRoom whether the audit trail takes more
     */
    public OutboxConsumer(
            RedissonClient redisson,
            ScriptBatcher batcher,
            RedisKeys keys,
            Sealing sealing,
            ReceivedOutboxes taken,
            AuditSink audit,
            BanSink banSink,
            BooleanSupplier hasRoom) {
        this.redisson = redisson;
        this.batcher = batcher;
        this.keys = keys;
        this.sealing = sealing;
        this.taken = taken;
        this.audit = audit;
        this.banSink = banSink;
        this.hasRoom = hasRoom;
    }

    /**
     * Takes all entries there are.
     *
     * @throws RedisUnavailableException if Redis did not reply
     * @throws DatabaseUnavailableException if the database could not be read; the entries are back in Redis then
     */
    public void run() {
        int got = BATCH_SIZE;
        while (got == BATCH_SIZE && hasRoom.getAsBoolean() && sealing.isReady()) {
            List<Object> entries = Replies.await(
                    batcher.callForList(TAKE, List.of(keys.outboxes()), Integer.toString(BATCH_SIZE)), TIMEOUT);
            got = entries.size();
            take(entries);
        }
    }

    private void take(List<Object> entries) {
        Map<String, String> opened = new LinkedHashMap<>();
        for (Object entry : entries) {
            sealing.open(Sealing.Subject.HANDOVER, keys.outboxes(), entry.toString(), LIFE)
                    .flatMap(found ->
                            ENTRY.matcher(found.text()).matches() ? Optional.of(found.text()) : Optional.empty())
                    .ifPresent(text -> {
                        if (opened.put(idOf(text), text) != null) {
                            sealing.refuse(Sealing.Subject.HANDOVER, Sealing.Reason.REPLAYED);
                        }
                    });
        }
        Set<String> first = firstSeen(opened.keySet(), entries);
        opened.forEach((id, text) -> {
            if (first.contains(id)) {
                keep(text.substring(id.length() + 1), id.substring(0, id.indexOf(' ')));
            } else {
                sealing.refuse(Sealing.Subject.HANDOVER, Sealing.Reason.REPLAYED);
            }
        });
    }

    /** Returns the ID of an entry: the guard's name and the guard's number of the entry. */
    private static String idOf(String text) {
        return text.substring(0, text.indexOf(' ', text.indexOf(' ') + 1));
    }

    private Set<String> firstSeen(Set<String> ids, List<Object> entries) {
        if (ids.isEmpty()) {
            return Set.of();
        }
        try {
            return taken.firstTaken(ids);
        } catch (DatabaseUnavailableException e) {
            putBack(entries);
            throw e;
        }
    }

    /** Puts entries back at the end of the list, since without the database it is not known which were taken before. */
    private void putBack(List<Object> entries) {
        String[] arguments = new String[entries.size() + 1];
        arguments[0] = Integer.toString(Outbox.MAX_IN_REDIS);
        for (int i = 0; i < entries.size(); i++) {
            arguments[i + 1] = entries.get(i).toString();
        }
        Replies.await(batcher.call(APPEND, List.of(keys.outboxes()), arguments), TIMEOUT);
    }

    private void keep(String entry, String origin) {
        try {
            if (entry.startsWith(OutboxCodec.BAN)) {
                BannedCaller banned = OutboxCodec.readBan(entry);
                if (isInForce(banned)) {
                    banSink.keep(banned.caller(), banned.ban());
                }
            } else if (entry.startsWith(OutboxCodec.AUDIT)) {
                audit.note(OutboxCodec.readAudit(entry, origin));
            }
        } catch (IllegalArgumentException e) {
            LOG.log(Level.WARNING, "an outbox entry of guard {0} is dropped: {1}", origin, e.getMessage());
        }
    }

    /** Returns whether a ban is still in force. It may have been lifted after the guard sent it. */
    private boolean isInForce(BannedCaller banned) {
        try {
            return Replies.await(
                            redisson.<String>getBucket(keys.permanentBan(banned.caller()), StringCodec.INSTANCE)
                                    .getAsync(),
                            TIMEOUT)
                    != null;
        } catch (RuntimeException e) {
            LOG.log(
                    Level.DEBUG,
                    "a ban of an outbox could not be checked; the next guard that meets it sends it again",
                    e);
            return false;
        }
    }
}

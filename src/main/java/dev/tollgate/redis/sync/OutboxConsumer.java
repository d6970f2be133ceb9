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
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * Takes what nodes without a database handed over ({@link Outbox}) and keeps it, as long as there is room: what there is none
 * for stays in Redis. Taken is what bears a right seal, is not older than a day and was not taken before; the rest is dropped and counted. What was taken and not yet written goes with a node that is killed; a permanent ban is handed over again
 * by the next node that meets it. Run by one thread at a time.
 */
public final class OutboxConsumer {

    private static final Logger LOG = System.getLogger(OutboxConsumer.class.getName());
    private static final Script TAKE = Script.load(Operation.EDITS, "sync/outbox_take");
    private static final int BATCH_SIZE = 200;
    private static final long PATIENCE_SECONDS = 2;
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
     * @param redisson says whether a ban is still in force
     * @param batcher how entries travel
     * @param keys the list's name
     * @param sealing opens entries
     * @param taken which entries were taken already
     * @param audit where audit events go
     * @param banSink where permanent bans go
     * @param room whether the trail takes more
     */
    public OutboxConsumer(
            RedissonClient redisson,
            ScriptBatcher batcher,
            RedisKeys keys,
            Sealing sealing,
            ReceivedOutboxes taken,
            AuditSink audit,
            BanSink banSink,
            BooleanSupplier room) {
        this.redisson = redisson;
        this.batcher = batcher;
        this.keys = keys;
        this.sealing = sealing;
        this.taken = taken;
        this.audit = audit;
        this.banSink = banSink;
        this.hasRoom = room;
    }

    /**
     * Takes what there is.
     *
     * @throws Exception if Redis cannot be asked
     */
    public void run() throws Exception {
        int got = BATCH_SIZE;
        while (got == BATCH_SIZE && hasRoom.getAsBoolean() && sealing.isReady()) {
            List<Object> entries = batcher.callForList(TAKE, List.of(keys.handover()), Integer.toString(BATCH_SIZE))
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            got = entries.size();
            take(entries);
        }
    }

    private void take(List<Object> entries) throws Exception {
        Map<String, String> opened = new LinkedHashMap<>();
        for (Object entry : entries) {
            sealing.open(Sealing.Subject.HANDOVER, keys.handover(), entry.toString(), LIFE)
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

    /** The guard's name and the entry's number there. */
    private static String idOf(String text) {
        return text.substring(0, text.indexOf(' ', text.indexOf(' ') + 1));
    }

    private Set<String> firstSeen(Set<String> ids, List<Object> entries) throws Exception {
        if (ids.isEmpty()) {
            return Set.of();
        }
        try {
            return taken.firstTaken(ids);
        } catch (DatabaseUnavailableException e) {
            giveBack(entries);
            throw e;
        }
    }

    /** Nobody can say which of them were taken before; they wait where they were, at the end. */
    private void giveBack(List<Object> entries) throws Exception {
        String[] arguments = new String[entries.size() + 1];
        arguments[0] = Integer.toString(Outbox.MAX_IN_REDIS);
        for (int i = 0; i < entries.size(); i++) {
            arguments[i + 1] = entries.get(i).toString();
        }
        batcher.call(APPEND, List.of(keys.handover()), arguments).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
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
            LOG.log(Level.WARNING, "what guard {0} handed over is dropped: {1}", origin, e.getMessage());
        }
    }

    /** It may have been lifted since it was handed over; then it must not come back. */
    private boolean isInForce(BannedCaller banned) {
        try {
            return redisson.<String>getBucket(keys.permanentBan(banned.caller()), StringCodec.INSTANCE)
                            .getAsync()
                            .toCompletableFuture()
                            .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    != null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (Exception e) {
            LOG.log(Level.DEBUG, "a ban handed over cannot be looked at; who meets it next hands it over again", e);
            return false;
        }
    }
}

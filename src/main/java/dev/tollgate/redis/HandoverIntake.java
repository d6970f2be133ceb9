package dev.tollgate.redis;

import dev.tollgate.audit.AuditTrail;
import dev.tollgate.limit.BanRegister;
import dev.tollgate.limit.BannedCaller;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * Takes what nodes without a database handed over ({@link Handover}) and keeps it, as long as there is room: what there is none
 * for stays in Redis. What was taken and not yet written goes with a node that is killed; a permanent ban is handed over again
 * by the next node that meets it. Run by one thread at a time.
 */
public final class HandoverIntake {

    private static final Logger LOG = System.getLogger(HandoverIntake.class.getName());
    private static final Script HANDED = Script.load("handed");
    private static final int AT_ONCE = 200;
    private static final long PATIENCE_SECONDS = 2;

    private final RedissonClient redisson;
    private final Flights flights;
    private final RedisKeys keys;
    private final AuditTrail trail;
    private final BanRegister register;
    private final BooleanSupplier room;

    /**
     * @param redisson says whether a ban is still in force
     * @param flights how entries travel
     * @param keys the list's name
     * @param trail where audit events go
     * @param register where permanent bans go
     * @param room whether the trail takes more
     */
    public HandoverIntake(
            RedissonClient redisson,
            Flights flights,
            RedisKeys keys,
            AuditTrail trail,
            BanRegister register,
            BooleanSupplier room) {
        this.redisson = redisson;
        this.flights = flights;
        this.keys = keys;
        this.trail = trail;
        this.register = register;
        this.room = room;
    }

    /**
     * Takes what there is.
     *
     * @throws Exception if Redis cannot be asked
     */
    public void run() throws Exception {
        int taken = AT_ONCE;
        while (taken == AT_ONCE && room.getAsBoolean()) {
            List<Object> entries = flights.callForList(HANDED, List.of(keys.handover()), Integer.toString(AT_ONCE))
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            taken = entries.size();
            for (Object entry : entries) {
                keep(entry.toString());
            }
        }
    }

    private void keep(String entry) {
        try {
            if (entry.startsWith(HandoverText.BAN)) {
                BannedCaller banned = HandoverText.readBan(entry);
                if (isInForce(banned)) {
                    register.keep(banned.caller(), banned.ban());
                }
            } else if (entry.startsWith(HandoverText.AUDIT)) {
                trail.note(HandoverText.readAudit(entry));
            }
        } catch (IllegalArgumentException e) {
            LOG.log(Level.WARNING, "what was handed over cannot be read, and is dropped: {0}", e.getMessage());
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

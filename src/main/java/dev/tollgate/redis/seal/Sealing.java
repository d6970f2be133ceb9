package dev.tollgate.redis.seal;

import dev.tollgate.config.BadSettingException;
import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The seals of a node: seals what it writes to Redis, opens what it reads, and counts what it refuses. What is refused is to be
 * treated as absent. The first secret seals; what a previous one sealed is opened too. Until there is a secret nothing can be
 * sealed and nothing is believed. Thread-safe.
 */
public final class Sealing {

    /** By how much the clocks of two nodes may differ. */
    public static final Duration SKEW = Duration.ofSeconds(10);

    private static final Logger LOG = System.getLogger(Sealing.class.getName());
    private static final long QUIET_MILLIS = 600_000;
    private static final int MOST_SEEN = 10_000;

    /** What a sealed text is for. */
    public enum Subject {
        /** Which key a hash is. */
        KEY,
        /** Tiers, switched routes and bans for nodes without a database. */
        LISTS,
        /** An edit, told to all nodes. */
        CHANGE,
        /** A guard's question. */
        QUESTION,
        /** The answer to it. */
        ANSWER,
        /** An audit event or a permanent ban that a guard hands over. */
        HANDOVER,
        /** That a ban was just lifted. */
        LIFT,
        /** A permanent ban that a node saw applied. */
        BAN
    }

    /** Why a text is refused. */
    public enum Reason {
        /** It has no seal. */
        UNSEALED,
        /** Its seal is of another secret, name or text. */
        FORGED,
        /** Its moment is too far from now. */
        STALE,
        /** It was opened before, or something newer was. */
        REPLAYED
    }

    /** There is no secret yet. */
    public static final class NoSealException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoSealException() {
            super("there is no secret to seal with", null, false, false);
        }
    }

    private final LongSupplier clock;
    private final Map<Subject, Map<Reason, LongAdder>> refused = new EnumMap<>(Subject.class);
    private final Map<String, Boolean> seen = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST_SEEN;
        }
    };
    private volatile List<Seal> seals = List.of();
    private volatile boolean refusing;
    private volatile long lastRefusal;

    /**
     * Without a secret yet.
     *
     * @param clock milliseconds since the epoch
     */
    public Sealing(LongSupplier clock) {
        this.clock = clock;
        for (Subject subject : Subject.values()) {
            Map<Reason, LongAdder> counts = new EnumMap<>(Reason.class);
            for (Reason reason : Reason.values()) {
                counts.put(reason, new LongAdder());
            }
            refused.put(subject, counts);
        }
    }

    /**
     * With the secrets of the settings; without one if there is none.
     *
     * @throws BadSettingException if there is a previous secret and no present one
     */
    public static Sealing of(Settings settings, LongSupplier clock) {
        Sealing sealing = new Sealing(clock);
        String secret = settings.get(SettingCatalog.REDIS_SEAL);
        String previous = settings.get(SettingCatalog.REDIS_SEAL_PREVIOUS);
        if (!secret.isEmpty()) {
            sealing.use(secret, previous);
        } else if (!previous.isEmpty()) {
            throw new BadSettingException(
                    SettingCatalog.REDIS_SEAL_PREVIOUS.name(),
                    previous,
                    "is of use only beside " + SettingCatalog.REDIS_SEAL.name());
        }
        return sealing;
    }

    /** With a secret of this process's own, which no other node has: for a node that is alone, such as a test's. */
    public static Sealing ofThisProcess() {
        Sealing sealing = new Sealing(System::currentTimeMillis);
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        sealing.use(Base64.getEncoder().encodeToString(secret), "");
        return sealing;
    }

    /**
     * Seals and opens with this secret from now on.
     *
     * @param previous what it also opens; empty for none
     */
    public void use(String secret, String previous) {
        List<Seal> now = new ArrayList<>(List.of(new Seal(secret)));
        if (!previous.isEmpty()) {
            now.add(new Seal(previous));
        }
        seals = List.copyOf(now);
    }

    /** Whether there is a secret. */
    public boolean isReady() {
        return !seals.isEmpty();
    }

    /** Now, on the clock of the seals. */
    public long now() {
        return clock.getAsLong();
    }

    /**
     * Seals a text as of now.
     *
     * @param name its key's or channel's, in full
     * @throws NoSealException if there is no secret yet
     */
    public String seal(String name, String text) {
        return seal(name, text, now());
    }

    /** Seals a text as of an earlier moment: when what it says was read. */
    public String seal(String name, String text, long atMillis) {
        List<Seal> now = seals;
        if (now.isEmpty()) {
            throw new NoSealException();
        }
        return now.get(0).write(name, text, atMillis);
    }

    /** Seals an answer with the secret of its question, which the one who asked has for sure. */
    public String sealWith(Seal seal, String name, String text) {
        return seal.write(name, text, now());
    }

    /**
     * Opens a sealed text.
     *
     * @param life how old it may be
     * @return empty if it is not to be believed; then it is counted
     */
    public Optional<Seal.Opened> open(Subject subject, String name, String sealed, Duration life) {
        List<Seal> now = seals;
        if (now.isEmpty()) {
            return Optional.empty();
        }
        for (Seal seal : now) {
            Optional<Seal.Opened> opened = seal.read(name, sealed);
            if (opened.isPresent()) {
                return isOf(opened.get().atMillis(), life) ? opened : refuse(subject, Reason.STALE);
            }
        }
        return refuse(subject, Seal.isSealed(sealed) ? Reason.FORGED : Reason.UNSEALED);
    }

    /** As {@link #open}, for what may be opened once: a message. */
    public Optional<Seal.Opened> openOnce(Subject subject, String name, String sealed) {
        Optional<Seal.Opened> opened = open(subject, name, sealed, SKEW);
        if (opened.isPresent() && !isFirst(sealed.substring(sealed.lastIndexOf(' ') + 1))) {
            return refuse(subject, Reason.REPLAYED);
        }
        return opened;
    }

    private boolean isFirst(String seal) {
        synchronized (seen) {
            return seen.put(seal, Boolean.TRUE) == null;
        }
    }

    private boolean isOf(long atMillis, Duration life) {
        long age = now() - atMillis;
        return age >= -SKEW.toMillis() && age <= life.toMillis() + SKEW.toMillis();
    }

    /** Counts a refusal, and says so if it is the first for a while. */
    public <T> Optional<T> refuse(Subject subject, Reason reason) {
        refused.get(subject).get(reason).increment();
        lastRefusal = now();
        if (!refusing) {
            refusing = true;
            LOG.log(
                    Level.WARNING,
                    "Redis holds or brought what no node of this Tollgate sealed ({0}, {1}); such things are treated as absent"
                            + " (docs/operations.md, Somebody else writes to Redis)",
                    label(subject),
                    label(reason));
        }
        return Optional.empty();
    }

    /** To be called now and then: says when nothing was refused for ten minutes. */
    public void expire() {
        if (refusing && now() - lastRefusal > QUIET_MILLIS) {
            refusing = false;
            LOG.log(Level.INFO, "nothing that Redis holds or brings was refused for ten minutes");
        }
    }

    /** How many texts were refused since the start, by matter and reason, both in lower case. */
    public Map<List<String>, Long> refused() {
        Map<List<String>, Long> counts = new HashMap<>();
        refused.forEach((subject, reasons) ->
                reasons.forEach((reason, count) -> counts.put(List.of(label(subject), label(reason)), count.sum())));
        return counts;
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(java.util.Locale.ROOT);
    }
}

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
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The seals of a node: it seals values for Redis, opens sealed values, and counts those it refuses.
 *
 * <p>Callers treat a refused value as absent. The current secret seals; values sealed with the previous secret are opened too.
 * Without a secret, nothing can be sealed and nothing is opened. Thread-safe.
 */
public final class Sealing {

    /** The greatest difference of two nodes' clocks that is allowed for. */
    public static final Duration SKEW = Duration.ofSeconds(10);

    private static final Logger LOG = System.getLogger(Sealing.class.getName());
    private static final long QUIET_MILLIS = 600_000;
    private static final int MAX_SEEN = 10_000;

    /** The use of a sealed text. */
    public enum Subject {
        /** The API key of a hash. */
        KEY,
        /** The configuration snapshot for guards. */
        LISTS,
        /** A message about a change. */
        CHANGE,
        /** A guard's question. */
        QUESTION,
        /** The answer to a guard's question. */
        ANSWER,
        /** An entry of a guard's outbox. */
        HANDOVER,
        /** The mark of a lifted ban. */
        LIFT,
        /** A permanent ban that a node applied. */
        BAN
    }

    /** The reason why a text is refused. */
    public enum Reason {
        /** It has no seal. */
        UNSEALED,
        /** Its seal is of another secret, name or text. */
        FORGED,
        /** Its time is too far from now. */
        STALE,
        /** It, or a newer one, was opened before. */
        REPLAYED
    }

    /** The failure to seal without a secret. */
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
            return size() > MAX_SEEN;
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
     * Creates the seals with the secrets of the settings, if there are any.
     *
     * @throws BadSettingException if there is a previous secret and no current one
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

    /** Creates the seals with a random secret, which no other node has. For tests. */
    public static Sealing ofThisProcess() {
        Sealing sealing = new Sealing(System::currentTimeMillis);
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        sealing.use(Base64.getEncoder().encodeToString(secret), "");
        return sealing;
    }

    /**
     * Sets the secrets.
     *
     * @param previous a secret to open with only; empty for none
     */
    public void use(String secret, String previous) {
        List<Seal> now = new ArrayList<>(List.of(new Seal(secret)));
        if (!previous.isEmpty()) {
            now.add(new Seal(previous));
        }
        seals = List.copyOf(now);
    }

    /** Returns whether there is a secret. */
    public boolean isReady() {
        return !seals.isEmpty();
    }

    /** Returns the time of the seals' clock, in milliseconds since the epoch. */
    public long now() {
        return clock.getAsLong();
    }

    /**
     * Seals a text with the current time.
     *
     * @param name the full name of the key or channel
     * @throws NoSealException if there is no secret yet
     */
    public String seal(String name, String text) {
        return seal(name, text, now());
    }

    /** Seals a text with an earlier time: when its content was read. */
    public String seal(String name, String text, long atMillis) {
        List<Seal> now = seals;
        if (now.isEmpty()) {
            throw new NoSealException();
        }
        return now.get(0).write(name, text, atMillis);
    }

    /** Seals an answer with the secret of its question, which the asking node has for sure. */
    public String sealWith(Seal seal, String name, String text) {
        return seal.write(name, text, now());
    }

    /**
     * Opens a sealed text.
     *
     * @param life the greatest age
     * @return empty if the text is refused, which is counted
     */
    public Optional<Seal.Opened> open(Subject subject, String name, String sealed, Duration life) {
        List<Seal> now = seals;
        if (now.isEmpty()) {
            return Optional.empty();
        }
        for (Seal seal : now) {
            Optional<Seal.Opened> opened = seal.read(name, sealed);
            if (opened.isPresent()) {
                return isCurrent(opened.get().atMillis(), life) ? opened : refuse(subject, Reason.STALE);
            }
        }
        return refuse(subject, Seal.isSealed(sealed) ? Reason.FORGED : Reason.UNSEALED);
    }

    /** Opens a message; it can be opened once. See {@link #open}. */
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

    private boolean isCurrent(long atMillis, Duration life) {
        long age = now() - atMillis;
        return age >= -SKEW.toMillis() && age <= life.toMillis() + SKEW.toMillis();
    }

    /** Counts a refusal, and logs it if there was none for ten minutes. Returns an empty result. */
    public <T> Optional<T> refuse(Subject subject, Reason reason) {
        Map<Reason, LongAdder> counts = Objects.requireNonNull(refused.get(subject));
        Objects.requireNonNull(counts.get(reason)).increment();
        lastRefusal = now();
        if (!refusing) {
            refusing = true;
            LOG.log(
                    Level.WARNING,
                    "Redis has values or messages without a valid seal, which are ignored ({0}, {1}); further ones are counted"
                            + " (docs/operations.md, Somebody else writes to Redis)",
                    label(subject),
                    label(reason));
        }
        return Optional.empty();
    }

    /** Logs the end of refusals after ten minutes without any. Called periodically. */
    public void expire() {
        if (refusing && now() - lastRefusal > QUIET_MILLIS) {
            refusing = false;
            LOG.log(Level.INFO, "no value or message without a valid seal for ten minutes");
        }
    }

    /** Returns the number of refused texts since the start, by subject and reason, both in lower case. */
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

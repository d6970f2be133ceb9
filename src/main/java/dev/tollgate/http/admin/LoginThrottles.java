package dev.tollgate.http.admin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.tollgate.http.address.CidrSet;
import dev.tollgate.http.address.ForwardedAddressResolver;
import java.text.Normalizer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides which sign-ins the server's realm is asked about, and counts each one before it is asked. What is bounded:
 *
 * <ul>
 *   <li>the failures of one address ({@link LoginThrottle});
 *   <li>the failures of one user that reach the realm, over all addresses, so that the realm never disables the user
 *       ({@link RealmFailures}). A success sets them to zero, as it does in the realm;
 *   <li>the guesses of strangers at one user's password that are compared with the one that was right last:
 *       {@value #GUESSES} within the realm's memory. Within this bound the right password is heard from anywhere;
 *   <li>the questions strangers may put to the realm about all users together: {@value #QUESTIONS} a minute.
 * </ul>
 *
 * <p>An attempt that only attempts under way stand in the way of waits for these to end, for a second at most. User names that
 * differ in case, width or surrounding spaces count as one, since many realms take them for one. In memory, this node's only;
 * bounded. Thread-safe.
 */
final class LoginThrottles {

    /** How many guesses of strangers at one user's password are compared with the right one. */
    static final int GUESSES = 100;

    /** How many of strangers' questions reach the realm within a minute, about whichever users. */
    static final int QUESTIONS = 60;

    private static final int MAX_USERS = 10_000;
    private static final int MAX_KNOWN = 1_000;
    private static final Duration KNOWN_FOR = Duration.ofDays(30);
    private static final long MINUTE_MILLIS = 60_000;
    private static final long PATIENCE_MILLIS = 1_000;
    private static final int MAX_WAITING_STRANGERS = 8;
    private static final int MAX_WAITING = 64;
    private static final int LONGEST_NAME = 200;

    /** What a success says for the address it came from. */
    enum Trust {
        /** Nothing: the user has no role that was asked for. */
        NONE,
        /** That the user signs in from it. */
        USER,
        /**
         * That the user does, and that failures from it are forgiven. A viewer's success does not say so: with successes of its
         * own between them, its guesses at an administrator's password would never have to wait.
         */
        ADDRESS
    }

    /** An attempt the realm may be asked about, or not. */
    final class Attempt {

        private final String user;
        private final String address;
        private final boolean stranger;
        private final boolean right;
        private final long retrySeconds;

        private Attempt(String user, String address, boolean stranger, boolean right, long retrySeconds) {
            this.user = user;
            this.address = address;
            this.stranger = stranger;
            this.right = right;
            this.retrySeconds = retrySeconds;
        }

        /** When another attempt may be heard, in seconds; 0 if the realm is to be asked about this one. */
        long retrySeconds() {
            return retrySeconds;
        }

        /** The realm knows the user by this password. */
        void succeeded(Trust trust) {
            synchronized (lock) {
                end();
                users.invalidate(user);
                askedInThisMinute -= stranger && !right && askedInThisMinute > 0 ? 1 : 0;
                if (trust == Trust.ADDRESS) {
                    addresses.succeeded(address);
                }
                if (trust != Trust.NONE) {
                    known.put(pair(user, address), Boolean.TRUE);
                }
            }
        }

        /** The realm does not. */
        void failed(long nowMillis) {
            synchronized (lock) {
                end();
                addresses.failed(address, nowMillis);
                Failures failures = of(user);
                failures.count++;
                failures.last = nowMillis;
                if (stranger) {
                    failures.byStranger.merge(address, 1, Integer::sum);
                }
                users.put(user, failures);
            }
        }

        private void end() {
            if (!right) {
                addresses.end(address);
                asking.computeIfPresent(pair(user, address), LoginThrottles::less);
            }
            asking.computeIfPresent(user, LoginThrottles::less);
            lock.notifyAll();
        }
    }

    /** Failures of a user that reached the realm since its last success. */
    private static final class Failures {
        private int count;
        private long last;
        private final Map<String, Integer> byStranger = new HashMap<>();
    }

    private final Object lock = new Object();
    private final RealmFailures realm;
    private final CidrSet trusted;
    private final RightPasswords passwords;
    private final LoginThrottle addresses;
    private final Cache<String, Failures> users;
    private final Cache<String, Integer> guesses;
    private final Cache<String, Boolean> known;

    /** Attempts under way, by user and by {@link #pair}; as many as there are request threads. */
    private final Map<String, Integer> asking = new HashMap<>();

    private long minute;
    private int askedInThisMinute;
    private int waiting;
    private int waitingStrangers;

    /**
     * @param realm what the realm bears
     * @param trusted addresses that are strangers' to no user
     * @param passwords those that were right
     * @param ticker nanoseconds, of the same clock as the milliseconds given to methods
     */
    LoginThrottles(RealmFailures realm, CidrSet trusted, RightPasswords passwords, Ticker ticker) {
        this.realm = realm;
        this.trusted = trusted;
        this.passwords = passwords;
        this.addresses = new LoginThrottle(ticker);
        // Longer than the realm remembers, because the realm starts to count time later than this class.
        Duration memory = realm.memory().plusSeconds(60);
        this.users = cache(MAX_USERS, ticker).expireAfterWrite(memory).build();
        this.guesses = cache(MAX_KNOWN, ticker).expireAfterWrite(memory).build();
        this.known = cache(MAX_KNOWN, ticker).expireAfterWrite(KNOWN_FOR).build();
    }

    private static Caffeine<Object, Object> cache(int most, Ticker ticker) {
        return Caffeine.newBuilder().maximumSize(most).executor(Runnable::run).ticker(ticker);
    }

    /** A user's name as it is counted. */
    static String counted(String user) {
        String name = Normalizer.normalize(user, Normalizer.Form.NFKC).strip().toLowerCase(Locale.ROOT);
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME);
    }

    /**
     * Begins an attempt, which the caller ends if the realm is asked. Waits for attempts under way, for a second at most.
     *
     * @param exact the address as the socket or proxy says it; {@link ForwardedAddressResolver#UNKNOWN} where header fields leave it
     *     in doubt, so that it is a stranger's
     * @param address the address as it is counted
     * @param nowMillis milliseconds since the epoch
     */
    Attempt begin(String user, String password, String exact, String address, long nowMillis) {
        String name = counted(user);
        synchronized (lock) {
            long wait = addresses.waitSeconds(address, nowMillis);
            if (wait > 0) {
                return refused(name, address, wait);
            }
            boolean doubtful = exact.equals(ForwardedAddressResolver.UNKNOWN);
            boolean stranger = doubtful || known.getIfPresent(pair(name, address)) == null && !trusted.contains(exact);
            long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
            Attempt attempt;
            while ((attempt = rule(name, user, password, address, stranger, nowMillis)) == null) {
                if (!await(stranger, deadline)) {
                    return refused(name, address, 1);
                }
            }
            return attempt;
        }
    }

    /** Begins an attempt of somebody who is signed in already; the address is not held against it. */
    Attempt beginAgain(String user, String password, String address, long nowMillis) {
        String name = counted(user);
        synchronized (lock) {
            Failures failures = users.getIfPresent(name);
            boolean right = passwords.isRight(user, password);
            int limit = right ? realm.inAll() : realm.ofKnownAddresses();
            int sofar = failures == null ? 0 : failures.count;
            return sofar + asking.getOrDefault(name, 0) >= limit
                    ? refused(name, address, 1)
                    : ask(name, address, false, right);
        }
    }

    /** What becomes of an attempt now; null if it depends on others that are under way. */
    private @Nullable Attempt rule(
            String name, String user, String password, String address, boolean stranger, long nowMillis) {
        Failures failures = users.getIfPresent(name);
        if (stranger && guesses.asMap().getOrDefault(name, 0) >= GUESSES) {
            addresses.failed(address, nowMillis);
            return refused(name, address, retrySeconds(failures, nowMillis));
        }
        boolean right = passwords.isRight(user, password);
        int sofar = failures == null ? 0 : failures.count;
        int ofThisAddress = failures == null ? 0 : failures.byStranger.getOrDefault(address, 0);
        int limit = right ? realm.inAll() : stranger ? realm.ofStrangers() : realm.ofKnownAddresses();
        boolean isGuess = stranger && !right;
        if (sofar >= limit || isGuess && ofThisAddress >= realm.ofOneStranger()) {
            guessed(name, stranger);
            addresses.failed(address, nowMillis);
            return refused(name, address, retrySeconds(failures, nowMillis));
        }
        boolean isShareBusy =
                isGuess && ofThisAddress + asking.getOrDefault(pair(name, address), 0) >= realm.ofOneStranger();
        if (!right && addresses.isBusy(address) || isShareBusy || sofar + asking.getOrDefault(name, 0) >= limit) {
            return null;
        }
        if (isGuess) {
            guessed(name, true);
            if (!takesQuestion(nowMillis)) {
                return refused(name, address, (MINUTE_MILLIS - nowMillis % MINUTE_MILLIS + 999) / 1000);
            }
        }
        return ask(name, address, stranger, right);
    }

    private Attempt ask(String name, String address, boolean stranger, boolean right) {
        asking.merge(name, 1, Integer::sum);
        if (!right) {
            asking.merge(pair(name, address), 1, Integer::sum);
            addresses.begin(address);
        }
        return new Attempt(name, address, stranger, right, 0);
    }

    private Attempt refused(String name, String address, long retrySeconds) {
        return new Attempt(name, address, true, false, Math.max(1, retrySeconds));
    }

    private void guessed(String name, boolean stranger) {
        if (stranger && passwords.isRemembered(name) && guesses.asMap().getOrDefault(name, 0) < GUESSES) {
            guesses.asMap().merge(name, 1, Integer::sum);
        }
    }

    private boolean takesQuestion(long nowMillis) {
        long now = nowMillis / MINUTE_MILLIS;
        if (now != minute) {
            minute = now;
            askedInThisMinute = 0;
        }
        if (askedInThisMinute >= QUESTIONS) {
            return false;
        }
        askedInThisMinute++;
        return true;
    }

    private long retrySeconds(@Nullable Failures failures, long nowMillis) {
        long left = failures == null ? 0 : failures.last + realm.memory().toMillis() - nowMillis;
        return Math.max(1, left / 1000);
    }

    private Failures of(String name) {
        Failures failures = users.getIfPresent(name);
        return failures == null ? new Failures() : failures;
    }

    private boolean await(boolean stranger, long deadline) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0 || waiting >= MAX_WAITING || stranger && waitingStrangers >= MAX_WAITING_STRANGERS) {
            return false;
        }
        waiting++;
        waitingStrangers += stranger ? 1 : 0;
        try {
            lock.wait(left);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waiting--;
            waitingStrangers -= stranger ? 1 : 0;
        }
    }

    private static @Nullable Integer less(String key, Integer count) {
        return count == 1 ? null : count - 1;
    }

    private static String pair(String user, String address) {
        return address + "\n" + user;
    }
}

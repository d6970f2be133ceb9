package dev.tollgate.http.admin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;

/**
 * The failed sign-ins of each address: from the {@value #FREE}th failure on an address waits a second before its next attempt, and
 * twice as long after each further one, up to {@value #LONGEST_SECONDS} s. Forgotten a quarter of an hour after the last failure,
 * and by a success. An attempt under way counts as a failure until it ends, so a burst gets no more than attempts one after the
 * other. This node's only; bounded. Not thread-safe: {@link LoginThrottles} locks.
 */
final class LoginThrottle {

    /** The first failure that brings a wait. */
    static final int FREE = 5;

    /** The longest wait. */
    static final int LONGEST_SECONDS = 300;

    private static final int MAX_ADDRESSES = 10_000;
    private static final Duration MEMORY = Duration.ofMinutes(15);
    private static final int LONGEST_SHIFT = 9;

    /** What is known of an address. */
    private static final class Attempts {
        private int failures;
        private int underWay;
        private long until;
    }

    private final Cache<String, Attempts> attempts;

    LoginThrottle(Ticker ticker) {
        attempts = Caffeine.newBuilder()
                .maximumSize(MAX_ADDRESSES)
                .expireAfterWrite(MEMORY)
                .executor(Runnable::run)
                .ticker(ticker)
                .build();
    }

    /** How long an address has to wait, in seconds rounded up; 0 if it may try. */
    long waitSeconds(String address, long nowMillis) {
        Attempts so = attempts.getIfPresent(address);
        return so == null || so.until <= nowMillis ? 0 : (so.until - nowMillis + 999) / 1000;
    }

    /** Whether an attempt has to wait for the end of others that are under way. */
    boolean isBusy(String address) {
        Attempts so = attempts.getIfPresent(address);
        return so != null && so.underWay > 0 && so.failures + so.underWay >= FREE;
    }

    /** An attempt begins. */
    void begin(String address) {
        Attempts so = of(address);
        so.underWay++;
        attempts.put(address, so);
    }

    /** An attempt ended, with neither a success nor a failure of its own. */
    void end(String address) {
        Attempts so = attempts.getIfPresent(address);
        if (so != null && so.underWay > 0) {
            so.underWay--;
        }
    }

    /** An attempt failed. */
    void failed(String address, long nowMillis) {
        Attempts so = of(address);
        so.failures = Math.min(so.failures + 1, FREE + LONGEST_SHIFT + 1);
        long seconds = so.failures < FREE ? 0 : Math.min(LONGEST_SECONDS, 1L << (so.failures - FREE));
        so.until = nowMillis + seconds * 1000;
        attempts.put(address, so);
    }

    /** An attempt succeeded. */
    void succeeded(String address) {
        Attempts so = attempts.getIfPresent(address);
        if (so != null) {
            so.failures = 0;
            so.until = 0;
        }
    }

    private Attempts of(String address) {
        Attempts so = attempts.getIfPresent(address);
        return so == null ? new Attempts() : so;
    }
}

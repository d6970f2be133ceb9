package dev.tollgate.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;

/**
 * Makes guessing passwords slow: from the {@value #FREE}th failure on an address waits a second before its next attempt, and twice as
 * long after each further one, up to {@value #LONGEST_SECONDS} s. Forgotten a quarter of an hour after the last failure, and
 * by a success. Attempts under way at the same moment are counted when they end, so a burst has as many as the server has
 * threads. This node's only; bounded. Thread-safe.
 */
final class SignInBound {

    /** The first failure that brings a wait. */
    static final int FREE = 5;

    /** The longest wait. */
    static final int LONGEST_SECONDS = 300;

    private static final int MOST_ADDRESSES = 10_000;
    private static final Duration MEMORY = Duration.ofMinutes(15);
    private static final int LONGEST_SHIFT = 9;

    private record Failures(int count, long until) {}

    private final Cache<String, Failures> failures;

    SignInBound(Ticker ticker) {
        failures = Caffeine.newBuilder()
                .maximumSize(MOST_ADDRESSES)
                .expireAfterWrite(MEMORY)
                .ticker(ticker)
                .build();
    }

    /** How long an address has to wait, in seconds rounded up; 0 if it may try. */
    long waitSeconds(String address, long nowMillis) {
        Failures so = failures.getIfPresent(address);
        return so == null || so.until() <= nowMillis ? 0 : (so.until() - nowMillis + 999) / 1000;
    }

    /** An attempt failed. */
    void failed(String address, long nowMillis) {
        failures.asMap().merge(address, next(0, nowMillis), (so, one) -> next(so.count(), nowMillis));
    }

    private static Failures next(int before, long nowMillis) {
        int count = Math.min(before + 1, FREE + LONGEST_SHIFT + 1);
        long seconds = count < FREE ? 0 : Math.min(LONGEST_SECONDS, 1L << (count - FREE));
        return new Failures(count, nowMillis + seconds * 1000);
    }

    /** An attempt succeeded. */
    void succeeded(String address) {
        failures.invalidate(address);
    }
}

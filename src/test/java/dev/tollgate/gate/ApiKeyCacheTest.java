package dev.tollgate.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.account.KeyCache;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.limit.Tier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class ApiKeyCacheTest {

    private static final ResolvedKey KEY = new ResolvedKey(
            new ApiKey("k", "a", "test", "tg_abcde", true, Instant.EPOCH, null, OptionalLong.empty()), "free");

    private final Map<String, KeyCache.Cached> shared = new ConcurrentHashMap<>();
    private final AtomicLong now = new AtomicLong(1_000_000);
    private final AtomicInteger lookups = new AtomicInteger();
    private final CountDownLatch databaseAnswers = new CountDownLatch(1);
    private volatile boolean away;
    private volatile boolean slow;

    private final ApiKeyCache keys = new ApiKeyCache(
            new KeyCache() {
                @Override
                public CompletionStage<Optional<Cached>> find(String hash) {
                    return CompletableFuture.completedFuture(Optional.ofNullable(shared.get(hash)));
                }

                @Override
                public CompletionStage<Void> fill(String hash, ResolvedKey known, long asOfMillis) {
                    shared.put(hash, new Cached(known, asOfMillis));
                    return CompletableFuture.completedFuture(null);
                }
            },
            new AccountDirectory() {
                @Override
                public Optional<ResolvedKey> findByHash(String hash) {
                    lookups.incrementAndGet();
                    if (slow) {
                        await();
                    }
                    if (away) {
                        throw new DatabaseUnavailableException(new IllegalStateException("away"));
                    }
                    return hash.equals("good") ? Optional.of(KEY) : Optional.empty();
                }

                @Override
                public Optional<String> tierOf(String accountId) {
                    return Optional.empty();
                }

                @Override
                public List<Tier> tiers() {
                    return List.of();
                }
            },
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            1_000,
            now::get);

    private void await() {
        try {
            databaseAnswers.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void madeUpKeysNeitherPushKnownOnesOutNorReachRedis() {
        keys.find("good", () -> false, () -> true);
        for (int i = 0; i < 1_000_000; i++) {
            assertThat(keys.find("made-up-" + i, () -> false, () -> true)).isEmpty();
        }
        int before = lookups.get();
        assertThat(keys.find("good", () -> false, () -> true)).contains(KEY);
        assertThat(lookups.get()).isEqualTo(before);
        assertThat(shared).containsOnlyKeys("good");
    }

    @Test
    void anUnknownKeyIsLookedUpOnce() {
        keys.find("nobody", () -> false, () -> true);
        keys.find("nobody", () -> false, () -> true);
        assertThat(lookups.get()).isEqualTo(1);
    }

    @Test
    void whoMayNotAskGetsATrickleAndNoMore() {
        int refused = 0;
        for (int i = 0; i < 10_000; i++) {
            try {
                keys.find("guess-" + i, () -> false, () -> false);
            } catch (ApiKeyCache.LookupRefusedException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(9_000);
        assertThat(lookups.get() + refused).isEqualTo(10_000);
    }

    @Test
    void concurrentLookupsOfOneKeyShareOne() throws Exception {
        findGoodKeyAtOnce(32, () -> false);
        assertThat(lookups.get()).isEqualTo(1);
    }

    @Test
    void anOutageIsNotRememberedAsAnUnknownKey() {
        away = true;
        assertThatThrownBy(() -> keys.find("good", () -> false, () -> true))
                .isInstanceOf(DatabaseUnavailableException.class);
        away = false;
        assertThat(keys.find("good", () -> false, () -> true)).contains(KEY);
    }

    @Test
    void whatWasReadBeforeAnEditIsNotRememberedAfterIt() throws Exception {
        slow = true;
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Optional<ResolvedKey>> reader = thread.submit(() -> keys.find("good", () -> false, () -> true));
            while (lookups.get() == 0) {
                Thread.onSpinWait();
            }
            keys.forget("good");
            databaseAnswers.countDown();
            reader.get();
        } finally {
            thread.shutdownNow();
        }
        shared.clear();
        keys.find("good", () -> false, () -> true);
        assertThat(lookups.get()).as("asked again").isEqualTo(2);
    }

    @Test
    void aForgottenAccountIsReadAgain() {
        keys.find("good", () -> false, () -> true);
        shared.clear();
        keys.forgetAccount("a");
        keys.find("good", () -> false, () -> true);
        assertThat(lookups.get()).isEqualTo(2);
    }

    private void cached(long asOfMillis) {
        shared.put("good", new KeyCache.Cached(KEY, asOfMillis));
    }

    private int lookupsToFind() {
        int before = lookups.get();
        assertThat(keys.find("good", () -> false, () -> true)).contains(KEY);
        return lookups.get() - before;
    }

    @Test
    void whatRedisHoldsFromWellAfterTheStartIsBelieved() {
        now.addAndGet(60_000);
        cached(now.get() - 1);
        assertThat(lookupsToFind()).isZero();
    }

    @Test
    void whatRedisHoldsFromBeforeTheStartIsAskedOfTheDatabaseAndStandsInWhileThatIsAway() {
        cached(now.get() - 60_000);
        assertThat(lookupsToFind()).isEqualTo(1);
        keys.forgetAll();
        cached(now.get() - 60_000);
        away = true;
        assertThat(keys.find("good", () -> false, () -> true)).contains(KEY);
    }

    @Test
    void aValueFromBeforeAnEditOfItsKeyOrAccountIsNeverUsedNotEvenWhileTheDatabaseIsAway() {
        now.addAndGet(60_000);
        long before = now.get();
        away = true;
        for (Runnable edit : List.<Runnable>of(() -> keys.forget("good"), () -> keys.forgetAccount("a"))) {
            cached(before);
            now.addAndGet(1);
            edit.run();
            assertThatThrownBy(() -> keys.find("good", () -> false, () -> true))
                    .isInstanceOf(DatabaseUnavailableException.class);
            before = now.addAndGet(60_000);
        }
    }

    @Test
    void aValueFromSoonAfterAnEditIsAskedOfTheDatabaseSinceClocksDiffer() {
        now.addAndGet(60_000);
        keys.forget("good");
        cached(now.get() + 9_999);
        assertThat(lookupsToFind()).isEqualTo(1);
        keys.forget("good");
        cached(now.get() + 10_000);
        assertThat(lookupsToFind()).isZero();
    }

    @Test
    void afterMoreEditsThanAreRememberedNothingFromBeforeIsBelieved() {
        now.addAndGet(60_000);
        cached(now.get() - 1);
        for (int i = 0; i <= 10_000; i++) {
            keys.forget("other-" + i);
        }
        assertThat(lookupsToFind()).isEqualTo(1);
    }

    @Test
    void aKeyUnderSealIsNoGuessHoweverOld() {
        cached(now.get() - 60_000);
        assertThat(keys.find("good", () -> false, () -> false)).contains(KEY);
    }

    @Test
    void twoRequestsAtOnceOfABannedAddressShareTheLookupOfTheirGoodKey() throws Exception {
        findGoodKeyAtOnce(8, () -> true);
    }

    private void findGoodKeyAtOnce(int requests, BooleanSupplier banned) throws Exception {
        slow = true;
        ExecutorService threads = Executors.newFixedThreadPool(requests);
        try {
            List<Future<Optional<ResolvedKey>>> all = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                Callable<Optional<ResolvedKey>> find = () -> keys.find("good", banned, () -> true);
                all.add(threads.submit(find));
            }
            databaseAnswers.countDown();
            for (Future<Optional<ResolvedKey>> found : all) {
                assertThat(found.get()).contains(KEY);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}

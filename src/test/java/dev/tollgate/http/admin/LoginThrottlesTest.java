package dev.tollgate.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.http.address.CidrSet;
import dev.tollgate.http.address.ForwardedAddressResolver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Against a realm as WildFly 39 has it: ten failures in a row disable a user, and are forgotten half an hour after the last. */
class LoginThrottlesTest {

    private static final Duration MEMORY = Duration.ofMinutes(30);
    private static final String RIGHT = "right";
    private static final String WRONG = "wrong";

    private long now = 1_000_000_000_000L;
    private final RightPasswords passwords = new RightPasswords();
    private final LoginThrottles bounds = bounds(10, List.of());

    private LoginThrottles bounds(int realmBears, List<String> trusted) {
        return new LoginThrottles(
                new RealmFailures(realmBears, MEMORY), new CidrSet(trusted), passwords, () -> now * 1_000_000);
    }

    private LoginThrottles.Attempt begin(String user, String password, String address) {
        return bounds.begin(user, password, address, address, now);
    }

    /** Whether the realm was asked; the end of it as the realm would have it. */
    private boolean attempt(String user, String password, String address) {
        LoginThrottles.Attempt attempt = begin(user, password, address);
        if (attempt.retrySeconds() > 0) {
            return false;
        }
        if (password.equals(RIGHT)) {
            passwords.confirmed(user, password);
            attempt.succeeded(LoginThrottles.Trust.ADDRESS);
        } else {
            passwords.refused(user, password);
            attempt.failed(now);
        }
        return true;
    }

    private long askedInVain(String user, int addresses, int each) {
        long asked = 0;
        for (int i = 0; i < addresses * each; i++) {
            asked += attempt(user, WRONG + i, "198.51.100." + i % addresses) ? 1 : 0;
        }
        return asked;
    }

    @Test
    void strangersReachTheRealmLessOftenThanItBearsAndOneOfThemLeavesOneToOthers() {
        assertThat(askedInVain("admin", 1, 40)).isEqualTo(5);
        assertThat(askedInVain("admin", 200, 3)).isEqualTo(1);
        assertThat(askedInVain("root", 200, 3)).isEqualTo(6);
    }

    @Test
    void rightPasswordIsHeardFromAnywhereAfterTheTwelveOfOneAddress() {
        askedInVain("admin", 1, 12);
        assertThat(attempt("admin", RIGHT, "192.0.2.1")).isTrue();
    }

    @Test
    void rightPasswordOfSomebodyWhoSignedInBeforeIsHeardFromAnywhereUntilAHundredGuesses() {
        assertThat(attempt("admin", RIGHT, "192.0.2.1")).isTrue();
        askedInVain("admin", 40, 2);
        assertThat(attempt("admin", RIGHT, "192.0.2.2")).isTrue();
        askedInVain("admin", 250, 3);
        assertThat(attempt("admin", RIGHT, "192.0.2.3"))
                .as("a stranger's address")
                .isFalse();
        assertThat(attempt("admin", RIGHT, "192.0.2.1"))
                .as("where it signed in")
                .isTrue();
    }

    @Test
    void knownAddressHasFailuresOfItsOwnThatStrangersCannotUseUp() {
        attempt("admin", RIGHT, "192.0.2.1");
        askedInVain("admin", 250, 3);
        assertThat(attempt("admin", WRONG, "192.0.2.1")).isTrue();
        assertThat(attempt("admin", WRONG, "192.0.2.1")).isTrue();
        assertThat(attempt("admin", WRONG, "192.0.2.1"))
                .as("the ninth and last is for what was right")
                .isFalse();
        assertThat(attempt("admin", RIGHT, "192.0.2.1")).isTrue();
    }

    /** A realm that disables nobody, so that the address alone is what bounds guesses. */
    @Test
    void successOfAViewerDoesNotForgiveItsAddressTheGuessesAtAnAdministratorsPassword() {
        LoginThrottles lenient = bounds(0, List.of());
        for (LoginThrottles.Trust trust : LoginThrottles.Trust.values()) {
            String address = "192.0.2." + trust.ordinal();
            int asked = 0;
            for (int i = 0; i < 40; i++) {
                LoginThrottles.Attempt guess = lenient.begin("admin", WRONG + i, address, address, now);
                if (guess.retrySeconds() == 0) {
                    guess.failed(now);
                    asked++;
                }
                LoginThrottles.Attempt own = lenient.begin("viewer", RIGHT, address, address, now);
                if (own.retrySeconds() == 0) {
                    own.succeeded(trust);
                }
            }
            assertThat(asked).as(trust.name()).isEqualTo(trust == LoginThrottles.Trust.ADDRESS ? 40 : 5);
        }
    }

    @Test
    void addressOperatorsNameIsKnownBeforeAnybodySignedIn() {
        LoginThrottles named = bounds(10, List.of("192.0.2.0/24"));
        for (int i = 0; i < 60; i++) {
            LoginThrottles.Attempt guess = named.begin("admin", WRONG, "198.51.100." + i, "198.51.100." + i, now);
            if (guess.retrySeconds() == 0) {
                guess.failed(now);
            }
        }
        assertThat(named.begin("admin", RIGHT, "198.51.100.250", "198.51.100.250", now)
                        .retrySeconds())
                .isPositive();
        assertThat(named.begin("admin", RIGHT, "192.0.2.77", "192.0.2.77", now).retrySeconds())
                .isZero();
    }

    @Test
    void addressThatHeaderFieldsLeaveInDoubtIsAStrangersWhateverOperatorsName() {
        LoginThrottles named = bounds(10, List.of("192.0.2.0/24"));
        int asked = 0;
        for (int i = 0; i < 20; i++) {
            LoginThrottles.Attempt guess =
                    named.begin("admin", WRONG, ForwardedAddressResolver.UNKNOWN, "192.0.2." + i, now);
            if (guess.retrySeconds() == 0) {
                guess.failed(now);
                asked++;
            }
        }
        assertThat(asked).isEqualTo(6);
        assertThat(named.begin("admin", WRONG, "192.0.2.77", "192.0.2.77", now).retrySeconds())
                .isZero();
    }

    @Test
    void realmThatDisablesNobodyBoundsNoUser() {
        LoginThrottles unbounded = bounds(0, List.of());
        for (int i = 0; i < 40; i++) {
            LoginThrottles.Attempt guess = unbounded.begin("admin", WRONG, "198.51.100." + i, "198.51.100." + i, now);
            assertThat(guess.retrySeconds()).isZero();
            guess.failed(now);
        }
        assertThat(unbounded
                        .begin("admin", RIGHT, "203.0.113.9", "203.0.113.9", now)
                        .retrySeconds())
                .isZero();
    }

    @Test
    void attemptsAreCountedBeforeTheyEnd() throws Exception {
        List<LoginThrottles.Attempt> underWay = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            underWay.add(begin("admin", WRONG + i, "198.51.100." + i));
        }
        assertThat(underWay).allMatch(attempt -> attempt.retrySeconds() == 0);
        CompletableFuture<LoginThrottles.Attempt> seventh =
                CompletableFuture.supplyAsync(() -> begin("admin", WRONG, "198.51.100.77"));
        underWay.forEach(attempt -> attempt.failed(now));
        assertThat(seventh.get(10, TimeUnit.SECONDS).retrySeconds()).isPositive();
    }

    @Test
    void oneThatWaitsIsHeardWhenThoseUnderWayWereRight() throws Exception {
        List<LoginThrottles.Attempt> underWay = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            underWay.add(begin("admin", RIGHT, "192.0.2.1"));
        }
        CompletableFuture<LoginThrottles.Attempt> sixth =
                CompletableFuture.supplyAsync(() -> begin("admin", RIGHT, "192.0.2.1"));
        underWay.forEach(attempt -> attempt.succeeded(LoginThrottles.Trust.ADDRESS));
        assertThat(sixth.get(10, TimeUnit.SECONDS).retrySeconds()).isZero();
    }

    @Test
    void strangersQuestionsAboutAllUsersHaveABoundByTheMinute() {
        now -= now % 60_000;
        long asked = 0;
        for (int i = 0; i < 1_000; i++) {
            asked += attempt("user" + i, WRONG, "198.51." + i / 250 + "." + i % 250) ? 1 : 0;
        }
        assertThat(asked).isEqualTo(LoginThrottles.QUESTIONS);
        now += 60_000;
        assertThat(attempt("another", WRONG, "203.0.113.1")).isTrue();
    }

    @Test
    void failuresAreForgottenWhenTheRealmHasForgottenThem() {
        askedInVain("admin", 200, 3);
        now += MEMORY.toMillis() - 1_000;
        assertThat(attempt("admin", WRONG, "203.0.113.1")).isFalse();
        now += 62_000;
        assertThat(attempt("admin", WRONG, "203.0.113.2")).isTrue();
    }

    @Test
    void userIsNeverAskedAboutOnceMoreWithAPasswordThatWasChanged() {
        attempt("admin", RIGHT, "192.0.2.1");
        LoginThrottles.Attempt changed = begin("admin", RIGHT, "192.0.2.9");
        passwords.refused("admin", RIGHT);
        changed.failed(now);
        assertThat(passwords.isRight("admin", RIGHT)).isFalse();
    }

    /** Whoever asks what, in whatever order and however many at a time: the realm never counts to its bound. */
    @Property(tries = 300)
    void realmNeverDisablesTheUser(@ForAll long seed, @ForAll @IntRange(min = 3, max = 20) int bears) {
        Random random = new Random(seed);
        LoginThrottles under = bounds(bears, List.of("192.0.2.0/30"));
        int inARow = 0;
        long last = 0;
        String right = RIGHT;
        for (int i = 0; i < 300; i++) {
            now += random.nextInt(10) == 0 ? random.nextInt(40 * 60_000) : random.nextInt(5_000);
            if (random.nextInt(60) == 0) {
                right = RIGHT + i;
            }
            String address =
                    random.nextBoolean() ? "192.0.2." + random.nextInt(4) : "198.51.100." + random.nextInt(250);
            String password = random.nextInt(8) == 0 ? right : random.nextInt(4) == 0 ? RIGHT : WRONG + i;
            LoginThrottles.Attempt attempt = under.begin("admin", password, address, address, now);
            if (attempt.retrySeconds() > 0) {
                continue;
            }
            inARow = now - last > MEMORY.toMillis() ? 0 : inARow;
            if (password.equals(right)) {
                inARow = 0;
                passwords.confirmed("admin", password);
                attempt.succeeded(LoginThrottles.Trust.ADDRESS);
            } else {
                inARow++;
                last = now;
                passwords.refused("admin", password);
                attempt.failed(now);
            }
            assertThat(inARow).isLessThan(bears);
        }
    }

    @Test
    void realmNeverDisablesTheUserHoweverManyAskAtOnce() throws Exception {
        AtomicInteger inARow = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(16);
        CountDownLatch done = new CountDownLatch(16);
        for (int t = 0; t < 16; t++) {
            int of = t;
            threads.execute(() -> {
                for (int i = 0; i < 200; i++) {
                    LoginThrottles.Attempt attempt =
                            bounds.begin("admin", WRONG + i, "a", "198.51." + of + "." + i % 250, now);
                    if (attempt.retrySeconds() == 0) {
                        most.accumulateAndGet(inARow.incrementAndGet(), Math::max);
                        attempt.failed(now);
                    }
                }
                done.countDown();
            });
        }
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        threads.shutdownNow();
        assertThat(most.get()).isEqualTo(6);
    }
}

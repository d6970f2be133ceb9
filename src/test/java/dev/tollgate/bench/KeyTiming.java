package dev.tollgate.bench;

import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyFormat;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.KeyCache;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.gate.ApiKeyCache;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A test for timing leaks: whether the response time tells how much of a guessed key is right.
 *
 * <p>It compares wrong keys that share all but their last {@value #LAST} characters with a real key with wrong keys that share as
 * much with a random text. The order is random. The comparison is Welch's t-test over the faster nine tenths of each, as in dudect
 * (Reparaz, Balasch, Verbauwhede 2017). A third kind of keys, from a third text, shows the effect of the texts alone, since
 * processors learn a text that comes repeatedly.
 *
 * <p>Run by hand; SECURITY.md has the numbers. Without arguments it measures form, hash, memory and lookup within this process.
 * With a base URL and a real key it measures over HTTP. The client's address must then be on {@code tollgate.allow.addresses}, or
 * it gets banned.
 */
public final class KeyTiming {

    private static final int LAST = 8;
    private static final int KINDS = 3;
    private static final String[] NAMES = {"right beginning", "wrong", "wrong again"};
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private final Random random = new Random(42);
    private final String[] beginnings = new String[KINDS];

    private KeyTiming(String real) {
        for (int i = 0; i < KINDS; i++) {
            String key = i == 0 ? real : ApiKeyToken.generate().reveal();
            beginnings[i] = key.substring(0, key.length() - LAST);
        }
    }

    /** A lookup of a key. */
    private interface Asked {
        void of(String key) throws IOException;
    }

    /**
     * Measures and prints the results.
     *
     * @param arguments nothing, or a base URL and a key that is good there
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length == 0) {
            String real = ApiKeyToken.generate().reveal();
            ApiKeyCache keys = keys(real);
            Asked inProcess = key -> {
                if (ApiKeyFormat.STANDARD.isWellFormed(key)
                        && keys.find(ApiKeyToken.hash(key), () -> false, () -> true)
                                .isPresent()) {
                    throw new IllegalStateException("guessed");
                }
            };
            new KeyTiming(real).measure("in process", inProcess, 200_000, 1_500_000);
            return;
        }
        URI base = URI.create(arguments[0]);
        try (Socket socket = new Socket(base.getHost(), base.getPort())) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            Asked overHttp = key -> {
                socket.getOutputStream()
                        .write(("GET " + base.getPath() + "/api/v1/check HTTP/1.1\r\nHost: t\r\nX-API-Key: " + key
                                        + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                if (answer(in) != 401) {
                    throw new IllegalStateException("no 401");
                }
            };
            new KeyTiming(arguments[1]).measure("over HTTP", overHttp, 2_000, 30_000);
        }
    }

    /** Creates a key cache with the key, in front of an empty Redis and a directory in a map. */
    private static ApiKeyCache keys(String real) {
        ApiKey key =
                new ApiKey("k", "a", "timing", real.substring(0, 8), true, Instant.EPOCH, null, OptionalLong.empty());
        Map<String, ResolvedKey> directory = Map.of(ApiKeyToken.hash(real), new ResolvedKey(key, "free"));
        KeyCache shared = new KeyCache() {
            @Override
            public CompletionStage<Optional<Cached>> find(String hash) {
                return CompletableFuture.completedFuture(Optional.empty());
            }

            @Override
            public CompletionStage<Void> fill(String hash, ResolvedKey known, long asOfMillis) {
                return CompletableFuture.completedFuture(null);
            }
        };
        AccountDirectory accounts = new AccountDirectory() {
            @Override
            public Optional<ResolvedKey> findByHash(String hash) {
                return Optional.ofNullable(directory.get(hash));
            }

            @Override
            public Optional<String> tierOf(String accountId) {
                return Optional.of("free");
            }

            @Override
            public List<Tier> tiers() {
                return List.of();
            }
        };
        ApiKeyCache keys = new ApiKeyCache(shared, accounts, Duration.ofSeconds(1), Duration.ofSeconds(1), 100_000);
        keys.find(ApiKeyToken.hash(real), () -> false, () -> true);
        return keys;
    }

    private String guess(int kind) {
        StringBuilder key = new StringBuilder(beginnings[kind]);
        while (key.length() < beginnings[0].length() + LAST) {
            key.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return key.toString();
    }

    private void measure(String where, Asked asked, int warmUp, int each) throws IOException {
        long[][] nanos = new long[KINDS][each];
        int[] had = new int[KINDS];
        for (int i = -warmUp; had[0] < each || had[1] < each || had[2] < each; i++) {
            int kind = random.nextInt(KINDS);
            String key = guess(kind);
            long begun = System.nanoTime();
            asked.of(key);
            long took = System.nanoTime() - begun;
            if (i >= 0 && had[kind] < each) {
                nanos[kind][had[kind]++] = took;
            }
        }
        for (long[] kind : nanos) {
            Arrays.sort(kind);
        }
        for (int i = 0; i < KINDS; i++) {
            System.out.printf(
                    "%s, %s: %d, median %d ns, mean of the quicker nine tenths %.1f ns%n",
                    where, NAMES[i], each, nanos[i][each / 2], mean(nanos[i]));
        }
        System.out.printf(
                "%s: t = %.2f between right beginning and wrong, %.2f between wrong and wrong%n",
                where, t(nanos[0], nanos[1]), t(nanos[2], nanos[1]));
    }

    private static int kept(long[] sorted) {
        return sorted.length * 9 / 10;
    }

    private static double mean(long[] sorted) {
        return Arrays.stream(sorted, 0, kept(sorted)).average().orElseThrow();
    }

    private static double t(long[] first, long[] second) {
        return (mean(first) - mean(second)) / Math.sqrt(squaredError(first) + squaredError(second));
    }

    private static double squaredError(long[] sorted) {
        double mean = mean(sorted);
        double sum = Arrays.stream(sorted, 0, kept(sorted))
                .mapToDouble(nanos -> (nanos - mean) * (nanos - mean))
                .sum();
        return sum / (kept(sorted) - 1) / kept(sorted);
    }

    /** Reads a response and returns its status. */
    private static int answer(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            head.append((char) in.read());
        }
        int at = head.toString().toLowerCase(Locale.ROOT).indexOf("content-length: ");
        if (at >= 0) {
            in.readNBytes(Integer.parseInt(head.substring(at + 16, head.indexOf("\r", at))));
        }
        return Integer.parseInt(head.substring(9, 12));
    }
}

package dev.tollgate.redis.batch;

/** Scripts for tests: from text, and shipped ones that read the test's clock. */
public final class RedisScripts {

    /** The key that holds the test's clock, in milliseconds. */
    public static final String CLOCK = "test:clock";

    private RedisScripts() {}

    static Script of(String body) {
        return Script.of("test", body, Operation.SETTLEMENT);
    }

    /**
     * Loads a shipped script that reads the time from {@link #CLOCK} instead of Redis's clock. Keys expire ten minutes later than
     * the script says, since expiry still follows Redis's clock. Nothing else is changed.
     */
    public static Script onTestClock(String... names) {
        String body = Script.load(Operation.GATE, names).body();
        String clocked = body.replace(
                "local time = redis.call('TIME')",
                "local clock = tonumber(redis.call('GET', '" + CLOCK + "'))"
                        + " local time = { string.format('%.0f', math.floor(clock / 1000)), clock % 1000 .. '000' }");
        if (clocked.equals(body)) {
            throw new IllegalStateException(String.join(", ", names) + " does not read the clock as expected");
        }
        return of(clocked.replaceAll("'PX', (length|duration)", "'PX', $1 + 600000"));
    }
}

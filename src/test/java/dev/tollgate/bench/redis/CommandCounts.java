package dev.tollgate.bench.redis;

import dev.tollgate.fixture.redis.RedisWire;
import java.util.HashMap;
import java.util.Map;

/** A counter of the commands of a Redis since the last reset, with those within scripts, and of their cost. Not thread-safe. */
public final class CommandCounts implements AutoCloseable {

    /**
     * The counted commands.
     *
     * @param calls by command
     * @param scriptMicros microseconds spent in scripts
     * @param processorMicros microseconds of processor time the server took in all, reading and writing included
     */
    public record Counted(Map<String, Long> calls, double scriptMicros, double processorMicros) {

        public long scripts() {
            return calls.getOrDefault("evalsha", 0L) + calls.getOrDefault("eval", 0L);
        }

        /** Commands in all but scripts themselves. */
        public long withinScripts() {
            return calls.values().stream().mapToLong(Long::longValue).sum() - scripts();
        }
    }

    private final RedisWire wire;
    private double processor;

    public CommandCounts(int port) {
        wire = new RedisWire(port);
    }

    public void reset() {
        wire.send("CONFIG", "RESETSTAT");
        processor = processor();
    }

    public Counted count() {
        double micros = processor() - processor;
        Map<String, Long> calls = new HashMap<>();
        double scripts = 0;
        for (String line : wire.commandStatistics().split("\r\n")) {
            if (!line.startsWith("cmdstat_")) {
                continue;
            }
            String name = line.substring("cmdstat_".length(), line.indexOf(':'));
            calls.put(name, Math.round(number(line, "calls=")));
            if (name.startsWith("eval")) {
                scripts += number(line, "usec=");
            }
        }
        calls.keySet().removeIf(name -> name.startsWith("config") || name.startsWith("info"));
        return new Counted(calls, scripts, micros);
    }

    public long usedMemory() {
        return Math.round(number((String) wire.send("INFO", "memory"), "used_memory:"));
    }

    private double processor() {
        String cpu = (String) wire.send("INFO", "cpu");
        return 1e6 * (number(cpu, "used_cpu_sys:") + number(cpu, "used_cpu_user:"));
    }

    private static double number(String text, String name) {
        int at = text.indexOf(name) + name.length();
        int end = at;
        while (end < text.length() && (Character.isDigit(text.charAt(end)) || text.charAt(end) == '.')) {
            end++;
        }
        return Double.parseDouble(text.substring(at, end));
    }

    @Override
    public void close() {
        wire.close();
    }
}

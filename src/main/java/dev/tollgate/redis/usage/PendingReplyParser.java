package dev.tollgate.redis.usage;

import dev.tollgate.core.usage.ClaimedUsage;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.LedgerSnapshot;
import dev.tollgate.core.usage.PendingSnapshot;
import dev.tollgate.core.usage.PendingUsage.KeyLedger;
import dev.tollgate.core.usage.UsageCounts;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A parser of the replies of scripts about pending usage. Numbers come as text, since Lua loses digits above 2^53. */
final class PendingReplyParser {

    private static final String TYPE = "ft:";
    private static final String DAMAGED = "!";
    private static final String REFUSED = "refused\n";
    private static final BigDecimal MAX_LONG = BigDecimal.valueOf(Long.MAX_VALUE);

    private PendingReplyParser() {}

    /**
     * Reads a reply of {@code claim.lua} that is neither empty nor a refusal. Parts that cannot be read become the claim's
     * damage. If the total is one of them, the requests are those of the ledger.
     */
    static ClaimedUsage claim(String keyId, String reply) {
        Lines lines = new Lines(reply);
        long batch = number(lines.next());
        List<String> damage = new ArrayList<>();
        LedgerSnapshot snapshot = mark(lines, damage);
        Map<String, UsageCounts> read = new LinkedHashMap<>();
        counts(lines, Integer.MAX_VALUE, read, damage);
        KeyUsage usage = usage(read, damage);
        if (damage.isEmpty() || usage.totals().totalRequests() > 0) {
            return new ClaimedUsage(keyId, batch, usage, snapshot, damage);
        }
        UsageCounts fromLedger = new UsageCounts(Math.max(0, snapshot.claimed()), 0, 0, 0, 0, 0, Map.of());
        return new ClaimedUsage(
                keyId,
                batch,
                new KeyUsage(fromLedger, usage.providers(), usage.days(), usage.providerDays()),
                snapshot,
                damage);
    }

    private static LedgerSnapshot mark(Lines lines, List<String> damage) {
        String[] fields = {lines.next(), lines.next(), lines.next(), lines.next()};
        try {
            return new LedgerSnapshot(number(fields[0]), number(fields[1]), number(fields[2]), number(fields[3]));
        } catch (NumberFormatException e) {
            damage.add("ledger: " + String.join(" ", fields));
            return LedgerSnapshot.NONE;
        }
    }

    /** Returns whether a reply of {@code claim.lua} is a refusal. */
    static boolean isRefusal(String reply) {
        return reply.startsWith(REFUSED);
    }

    /** Reads the last acknowledged batch from a refusal. */
    static long refusedBy(String reply) {
        return number(reply.substring(REFUSED.length()));
    }

    /** Reads a reply of {@code pending_read.lua}. */
    static PendingSnapshot snapshot(String keyId, String reply) {
        Lines lines = new Lines(reply);
        long acknowledged = number(lines.next());
        String batch = lines.next();
        KeyUsage pending = usage(lines, Integer.parseInt(lines.next()));
        Optional<ClaimedUsage> claimed = batch.isEmpty()
                ? Optional.empty()
                : Optional.of(new ClaimedUsage(keyId, number(batch), usage(lines, Integer.MAX_VALUE)));
        return new PendingSnapshot(pending, claimed, acknowledged);
    }

    /** An iterator over the lines of a text. */
    private static final class Lines {
        private final String text;
        private int at;

        Lines(String text) {
            this.text = text;
        }

        boolean hasNext() {
            return at < text.length();
        }

        String next() {
            int end = text.indexOf('\n', at);
            String line = text.substring(at, end < 0 ? text.length() : end);
            at = end < 0 ? text.length() : end + 1;
            return line;
        }
    }

    /** Reads a reply of {@code ledger.lua}. */
    static KeyLedger ledger(List<Object> reply) {
        LedgerSnapshot snapshot = new LedgerSnapshot(
                number(reply.get(0)), number(reply.get(1)), number(reply.get(2)), number(reply.get(3)));
        return new KeyLedger(snapshot, number(reply.get(4)), number(reply.get(5)), number(reply.get(6)));
    }

    /** Reads that many hashes, without those that cannot be read. */
    private static KeyUsage usage(Lines lines, int max) {
        Map<String, UsageCounts> read = new LinkedHashMap<>();
        List<String> damage = new ArrayList<>();
        counts(lines, max, read, damage);
        return usage(read, damage);
    }

    private static KeyUsage usage(Map<String, UsageCounts> read, List<String> damage) {
        UsageCounts totals = UsageCounts.NONE;
        Map<String, UsageCounts> providers = new HashMap<>();
        Map<LocalDate, UsageCounts> days = new HashMap<>();
        Map<ProviderDay, UsageCounts> providerDays = new HashMap<>();
        for (Map.Entry<String, UsageCounts> entry : read.entrySet()) {
            String[] parts = entry.getKey().split(":", -1);
            UsageCounts counts = entry.getValue();
            try {
                switch (parts[0]) {
                    case "m" -> totals = counts;
                    case "p" -> providers.put(parts[1], counts);
                    case "d" -> days.put(LocalDate.parse(parts[1]), counts);
                    case "x" -> providerDays.put(new ProviderDay(parts[2], LocalDate.parse(parts[1])), counts);
                    default -> damage.add(entry.getKey() + ": no such member");
                }
            } catch (DateTimeException | ArrayIndexOutOfBoundsException e) {
                damage.add(entry.getKey() + ": no such member");
            }
        }
        return new KeyUsage(totals, providers, days, providerDays);
    }

    private static void counts(Lines lines, int max, Map<String, UsageCounts> read, List<String> damage) {
        for (int i = 0; i < max && lines.hasNext(); i++) {
            String member = lines.next();
            List<String> fields = new ArrayList<>();
            try {
                for (int f = Integer.parseInt(lines.next()); f > 0; f--) {
                    if (!lines.hasNext()) {
                        throw new IndexOutOfBoundsException("fewer lines than announced");
                    }
                    fields.add(lines.next());
                }
                if (member.startsWith(DAMAGED)) {
                    damage.add(member.substring(DAMAGED.length()) + ": " + fields.get(1));
                } else {
                    read.put(member, counts(fields));
                }
            } catch (NumberFormatException | IndexOutOfBoundsException e) {
                damage.add(member + ": " + String.join(" ", fields));
            }
        }
    }

    private static UsageCounts counts(List<String> fields) {
        Map<String, Long> numbers = new HashMap<>();
        Map<String, Long> types = new HashMap<>();
        for (int i = 0; i < fields.size(); i += 2) {
            String field = fields.get(i);
            long number = number(fields.get(i + 1));
            if (field.startsWith(TYPE)) {
                types.put(field.substring(TYPE.length()), number);
            } else {
                numbers.put(field, number);
            }
        }
        return new UsageCounts(
                numbers.getOrDefault("total_requests", 0L),
                numbers.getOrDefault("successful_requests", 0L),
                numbers.getOrDefault("failed_requests", 0L),
                numbers.getOrDefault("total_files_uploaded", 0L),
                numbers.getOrDefault("total_file_size", 0L),
                numbers.getOrDefault("last_used_at", 0L),
                types);
    }

    /** Reads a whole number. One beyond the range of a long becomes its bound, which the settlement quarantines. */
    private static long number(Object text) {
        String digits = (String) text;
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return new BigDecimal(digits).max(MAX_LONG.negate()).min(MAX_LONG).longValue();
        }
    }
}

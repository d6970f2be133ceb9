package dev.tollgate.postgres.report;

import dev.tollgate.core.analytics.grouped.GroupedUsage.Row;
import dev.tollgate.core.analytics.grouped.GroupedUsage.Sums;
import dev.tollgate.core.analytics.grouped.GroupedUsageQuery;
import dev.tollgate.core.analytics.grouped.UsageGrouping;
import dev.tollgate.postgres.support.MigratedPostgres;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Settled usage of some accounts, in tables and in memory, and what a report of it must say. */
public final class RandomUsage {

    /** Names that are awkward in tables and in HTML. */
    public static final List<String> NAMES = List.of(
            "=HYPERLINK(\"http://evil.example\")",
            "Müller, \"Söhne\" & Co.",
            "<script>alert(1)</script>",
            "שלום עולם",
            "@SUM(1+1)",
            "two\r\nlines",
            "-1",
            "plain");

    private static final List<String> PROVIDERS = List.of("gcs", "local", "s3");
    private static final LocalDate FIRST = LocalDate.of(2026, 9, 20);
    private static final int DAYS = 60;

    /** An API key and the account it belongs to. */
    public record Key(UUID id, String name, String prefix, UUID accountId, String account) {}

    /** The usage of a key on a day at a provider. */
    public record Used(Key key, String provider, LocalDate day, List<Long> counts) {}

    private final List<Used> used = new ArrayList<>();
    private final List<String> statements = new ArrayList<>();
    private final List<String> providerDays = new ArrayList<>();
    private final List<String> days = new ArrayList<>();
    private final List<Key> keys = new ArrayList<>();
    private final Random random;

    /** Makes usage from a seed: every second account is closed, and has two keys of which one is revoked. */
    public RandomUsage(long seed) {
        random = new Random(seed);
        for (int a = 0; a < NAMES.size(); a++) {
            UUID account = uuid();
            String name = NAMES.get(a);
            statements.add("INSERT INTO accounts (id, name, tier, closed_at) VALUES ('" + account + "', '"
                    + name.replace("'", "''") + "', 'free', " + (a % 2 == 0 ? "now()" : "NULL") + ")");
            for (int k = 0; k < 1 + a % 2; k++) {
                key(account, name, NAMES.get((a + k) % NAMES.size()), k == 0);
            }
        }
        keys.forEach(this::use);
    }

    private UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private void key(UUID account, String accountName, String name, boolean active) {
        Key key = new Key(uuid(), name, "tg_" + String.format("%05x", random.nextInt(0xfffff)), account, accountName);
        keys.add(key);
        statements.add("INSERT INTO api_keys (id, account_id, name, key_hash, prefix, active, revoked_at) VALUES ('"
                + key.id() + "', '" + account + "', '" + name.replace("'", "''") + "', encode(sha256('" + key.id()
                + "'), 'hex'), '" + key.prefix() + "', " + active + ", " + (active ? "NULL" : "now()") + ")");
    }

    private void use(Key key) {
        for (int d = 0; d < DAYS; d++) {
            LocalDate day = FIRST.plusDays(d);
            List<Used> today = new ArrayList<>();
            for (String provider : PROVIDERS) {
                if (random.nextInt(3) == 0) {
                    long failed = random.nextInt(5);
                    long good = random.nextInt(1_000);
                    today.add(new Used(
                            key,
                            provider,
                            day,
                            List.of(good + failed, good, failed, good / 2, random.nextLong() >>> 20)));
                }
            }
            used.addAll(today);
            today.forEach(use -> providerDays.add(
                    "('" + key.id() + "', '" + day + "', '" + use.provider() + "', " + list(use.counts()) + ")"));
            if (!today.isEmpty()) {
                days.add("('" + key.id() + "', '" + day + "', " + list(added(today)) + ")");
            }
        }
    }

    private static String list(List<?> counts) {
        String text = counts.toString();
        return text.substring(1, text.length() - 1);
    }

    /** Writes the usage into an empty database. */
    public void fill(MigratedPostgres postgres) {
        statements.forEach(postgres::execute);
        postgres.execute(
                "INSERT INTO provider_usage_daily VALUES " + String.join(", ", providerDays),
                "INSERT INTO api_key_usage_daily VALUES " + String.join(", ", days),
                "ANALYZE");
    }

    /** Returns the keys. */
    public List<Key> keys() {
        return keys;
    }

    private static List<BigInteger> added(Collection<Used> some) {
        List<BigInteger> sums = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int at = i;
            sums.add(some.stream()
                    .map(use -> BigInteger.valueOf(use.counts().get(at)))
                    .reduce(BigInteger.ZERO, BigInteger::add));
        }
        return sums;
    }

    private static Sums sums(Collection<Used> some) {
        List<BigInteger> sums = added(some);
        return new Sums(sums.get(0), sums.get(1), sums.get(2), sums.get(3), sums.get(4));
    }

    private List<Used> counted(GroupedUsageQuery query) {
        return used.stream()
                .filter(use -> !use.day().isBefore(query.from()) && !use.day().isAfter(query.to()))
                .filter(use -> query.filter()
                        .accountId()
                        .map(use.key().accountId()::equals)
                        .orElse(true))
                .filter(use ->
                        query.filter().keyId().map(use.key().id()::equals).orElse(true))
                .filter(use ->
                        query.filter().provider().map(use.provider()::equals).orElse(true))
                .toList();
    }

    /** Returns the sums of all that a query is about. */
    public Sums totals(GroupedUsageQuery query) {
        return sums(counted(query));
    }

    /** Returns the rows that a query must have, in any order. */
    public List<Row> rows(GroupedUsageQuery query) {
        Map<Row, List<Used>> groups = new HashMap<>();
        counted(query)
                .forEach(use -> groups.computeIfAbsent(of(use, query), group -> new ArrayList<>())
                        .add(use));
        List<Row> rows = new ArrayList<>();
        groups.forEach((group, some) -> rows.add(new Row(
                group.accountId(),
                group.account(),
                group.keyId(),
                group.keyName(),
                group.keyPrefix(),
                group.provider(),
                group.day(),
                group.month(),
                sums(some))));
        return rows;
    }

    private static Row of(Used use, GroupedUsageQuery query) {
        boolean key = query.groupings().contains(UsageGrouping.KEY);
        boolean account = key || query.groupings().contains(UsageGrouping.ACCOUNT);
        return new Row(
                account ? use.key().accountId().toString() : null,
                account ? use.key().account() : null,
                key ? use.key().id().toString() : null,
                key ? use.key().name() : null,
                key ? use.key().prefix() : null,
                query.groupings().contains(UsageGrouping.PROVIDER) ? use.provider() : null,
                query.groupings().contains(UsageGrouping.DAY) ? use.day() : null,
                query.groupings().contains(UsageGrouping.MONTH)
                        ? use.day().toString().substring(0, 7)
                        : null,
                null);
    }
}

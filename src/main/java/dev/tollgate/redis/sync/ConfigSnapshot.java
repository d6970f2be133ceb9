package dev.tollgate.redis.sync;

import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BanRepository.BannedCaller;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Sealing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What of PostgreSQL every node knows by heart, for nodes without one: tiers, switched route policies and the callers banned
 * for good, as sealed text in one key. Whoever writes draws a ticket before it reads the database, and the highest ticket wins: what
 * was read before an edit cannot replace what was read after it. Thread-safe; methods block for a second at most, save for the
 * database.
 */
public final class ConfigSnapshot {

    private static final Script TICKET = Script.load(Operation.EDITS, "sync/snapshot_ticket");
    private static final Script WRITE = Script.load(Operation.EDITS, "sync/snapshot_write");
    private static final Script READ = Script.load(Operation.EDITS, "sync/snapshot_read");
    private static final String NONE = "-";
    private static final String ADDRESS_BAN = "ban";
    private static final String ACCOUNT_BAN = "account-ban";
    private static final long PATIENCE_SECONDS = 1;

    /**
     * The lists.
     *
     * @param tiers all tiers
     * @param modes switched route policies by name, true to watch only
     * @param banned callers banned for good
     */
    public record Content(List<Tier> tiers, Map<String, Boolean> modes, List<BannedCaller> banned) {}

    /** How old they may be; they are written anew every minute. */
    private static final Duration LIFE = Duration.ofMinutes(10);

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final Sealing sealing;
    private final AtomicLong newest = new AtomicLong();

    /** With how scripts travel, the key's name, and what seals and opens the text. */
    public ConfigSnapshot(ScriptBatcher batcher, RedisKeys keys, Sealing sealing) {
        this.batcher = batcher;
        this.keys = keys;
        this.sealing = sealing;
    }

    /**
     * Writes them.
     *
     * @param database reads them, after it was called
     * @throws Exception as the database does, or if Redis does not take them
     */
    public void write(Supplier<Content> database) throws Exception {
        List<String> key = List.of(keys.shared());
        String ticket = batcher.call(TICKET, key).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        long asOf = sealing.now();
        // The seal makes a last line of its own, which the previous release passes over.
        String text = sealing.seal(keys.shared(), write(database.get()), asOf);
        batcher.call(WRITE, key, ticket, text).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * Reads them; empty if nobody has written any of late that can be believed, or none as new as those read before.
     *
     * @throws Exception if Redis does not give them
     */
    public Optional<Content> read() throws Exception {
        String text = batcher.call(READ, List.of(keys.shared())).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return text.isEmpty() || !sealing.isReady() ? Optional.empty() : opened(text);
    }

    private Optional<Content> opened(String text) {
        return sealing.open(Sealing.Subject.LISTS, keys.shared(), text, LIFE).flatMap(opened -> {
            long before = newest.getAndAccumulate(opened.atMillis(), Math::max);
            return opened.atMillis() < before - Sealing.SKEW.toMillis()
                    ? sealing.refuse(Sealing.Subject.LISTS, Sealing.Reason.REPLAYED)
                    : Optional.of(read(opened.text()));
        });
    }

    static String write(Content lists) {
        StringBuilder text = new StringBuilder();
        for (Tier tier : lists.tiers()) {
            line(text, "tier", tier.name(), number(tier.windowLimit()), number(tier.monthlyQuota()));
        }
        lists.modes().forEach((name, shadow) -> line(text, "mode", name, shadow.toString()));
        for (BannedCaller banned : lists.banned()) {
            Ban ban = banned.ban();
            // The previous release would not notice that an account's was lifted.
            line(
                    text,
                    banned.caller().isAccount() ? ACCOUNT_BAN : ADDRESS_BAN,
                    banned.caller().id(),
                    Long.toString(ban.bannedAt()),
                    ban.reason());
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String... words) {
        text.append(String.join(" ", words)).append('\n');
    }

    static Content read(String text) {
        List<Tier> tiers = new ArrayList<>();
        Map<String, Boolean> modes = new HashMap<>();
        List<BannedCaller> banned = new ArrayList<>();
        for (String line : text.split("\n")) {
            String[] words = line.split(" ", 4);
            switch (words[0]) {
                case "tier" -> tiers.add(new Tier(words[1], number(words[2]), number(words[3])));
                case "mode" -> modes.put(words[1], Boolean.valueOf(words[2]));
                case ADDRESS_BAN, ACCOUNT_BAN ->
                    banned.add(new BannedCaller(
                            Caller.parse(words[1]),
                            new Ban(BanLevel.PERMANENT, words[3], Long.parseLong(words[2]), OptionalLong.empty())));
                default -> {
                    // Of a later release.
                }
            }
        }
        return new Content(List.copyOf(tiers), Map.copyOf(modes), List.copyOf(banned));
    }

    private static String number(OptionalLong number) {
        return number.isEmpty() ? NONE : Long.toString(number.getAsLong());
    }

    private static OptionalLong number(String text) {
        return text.equals(NONE) ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    }
}

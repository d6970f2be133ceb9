package dev.tollgate.redis.sync;

import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BanRepository.BannedCaller;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Sealing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A snapshot of configuration for guards, which have no database: tiers, switched route policies and permanent bans, as sealed
 * text under one key.
 *
 * <p>A writer draws a ticket before it reads the database, and the highest ticket wins. A snapshot read before an edit therefore
 * cannot replace one read after it. Thread-safe; methods block for two seconds at most, and for the database.
 */
public final class ConfigSnapshot {

    private static final Script TICKET = Script.load(Operation.EDITS, "sync/snapshot_ticket");
    private static final Script WRITE = Script.load(Operation.EDITS, "sync/snapshot_write");
    private static final Script READ = Script.load(Operation.EDITS, "sync/snapshot_read");
    private static final String NONE = "-";
    private static final String ADDRESS_BAN = "ban";
    private static final String ACCOUNT_BAN = "account-ban";
    private static final String WINDOWS = "windows";
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /**
     * The content of a snapshot.
     *
     * @param tiers all tiers
     * @param modes switched route policies by name, true for shadow mode
     * @param banned callers with a permanent ban
     */
    public record Content(List<Tier> tiers, Map<String, Boolean> modes, List<BannedCaller> banned) {}

    /** The greatest age of a snapshot that is used. Nodes with a database write one every minute. */
    private static final Duration LIFE = Duration.ofMinutes(10);

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final Sealing sealing;
    private final AtomicLong newest = new AtomicLong();

    /** Creates a snapshot over Redis. */
    public ConfigSnapshot(ScriptBatcher batcher, RedisKeys keys, Sealing sealing) {
        this.batcher = batcher;
        this.keys = keys;
        this.sealing = sealing;
    }

    /**
     * Writes a snapshot.
     *
     * @param database reads the content from the database
     * @throws RedisUnavailableException if Redis did not take it
     * @throws RuntimeException as the database throws it
     */
    public void write(Supplier<Content> database) {
        List<String> key = List.of(keys.configSnapshot());
        String ticket = Replies.await(batcher.call(TICKET, key), TIMEOUT);
        long asOf = sealing.now();
        // The seal becomes a last line, which the previous release skips.
        String text = sealing.seal(keys.configSnapshot(), write(database.get()), asOf);
        Replies.await(batcher.call(WRITE, key, ticket, text), TIMEOUT);
    }

    /**
     * Reads the snapshot; empty if there is none with a right seal, or only an older one than read before.
     *
     * @throws RedisUnavailableException if Redis did not reply
     */
    public Optional<Content> read() {
        String text = Replies.await(batcher.call(READ, List.of(keys.configSnapshot())), TIMEOUT);
        return text.isEmpty() || !sealing.isReady() ? Optional.empty() : opened(text);
    }

    private Optional<Content> opened(String text) {
        return sealing.open(Sealing.Subject.LISTS, keys.configSnapshot(), text, LIFE)
                .flatMap(opened -> {
                    long before = newest.getAndAccumulate(opened.atMillis(), Math::max);
                    return opened.atMillis() < before - Sealing.SKEW.toMillis()
                            ? sealing.refuse(Sealing.Subject.LISTS, Sealing.Reason.REPLAYED)
                            : Optional.of(read(opened.text()));
                });
    }

    static String write(Content content) {
        StringBuilder text = new StringBuilder();
        for (Tier tier : content.tiers()) {
            line(text, "tier", tier.name(), number(tier.windowLimit()), number(tier.monthlyQuota()));
            if (!tier.windows().equals(Tier.windowsOf(tier.windowLimit()))) {
                // All windows, on a line that the previous release skips.
                line(text, WINDOWS, tier.name(), WindowPolicy.write(tier.windows()));
            }
        }
        content.modes().forEach((name, shadow) -> line(text, "mode", name, shadow.toString()));
        for (BannedCaller banned : content.banned()) {
            Ban ban = banned.ban();
            // Under a word of its own, since the previous release would not notice that an account's ban was lifted.
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
        Map<String, Tier> tiers = new LinkedHashMap<>();
        Map<String, Boolean> modes = new HashMap<>();
        List<BannedCaller> banned = new ArrayList<>();
        for (String line : text.split("\n")) {
            String[] words = line.split(" ", 4);
            switch (words[0]) {
                case "tier" -> tiers.put(words[1], new Tier(words[1], number(words[2]), number(words[3])));
                case WINDOWS ->
                    tiers.computeIfPresent(
                            words[1], (name, tier) -> new Tier(name, WindowPolicy.read(words[2]), tier.monthlyQuota()));
                case "mode" -> modes.put(words[1], Boolean.valueOf(words[2]));
                case ADDRESS_BAN, ACCOUNT_BAN ->
                    banned.add(new BannedCaller(
                            Caller.parse(words[1]),
                            new Ban(BanLevel.PERMANENT, words[3], Long.parseLong(words[2]), OptionalLong.empty())));
                default -> {
                    // A line of a later release.
                }
            }
        }
        return new Content(List.copyOf(tiers.values()), Map.copyOf(modes), List.copyOf(banned));
    }

    private static String number(OptionalLong number) {
        return number.isEmpty() ? NONE : Long.toString(number.getAsLong());
    }

    private static OptionalLong number(String text) {
        return text.equals(NONE) ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    }
}

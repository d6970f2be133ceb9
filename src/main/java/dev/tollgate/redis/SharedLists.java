package dev.tollgate.redis;

import dev.tollgate.limit.Ban;
import dev.tollgate.limit.BanLevel;
import dev.tollgate.limit.BannedCaller;
import dev.tollgate.limit.Caller;
import dev.tollgate.limit.Tier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What of PostgreSQL every node knows by heart, for nodes without one: tiers, switched route policies and the addresses banned
 * for good, as text in one key. Whoever writes draws a ticket before it reads the database, and the highest ticket wins: what
 * was read before an edit cannot replace what was read after it. Thread-safe; methods block for a second at most, save for the
 * database.
 */
public final class SharedLists {

    private static final Script TICKET = Script.load("ticket");
    private static final Script SHARE = Script.load("share");
    private static final Script SHARED = Script.load("shared");
    private static final String NONE = "-";
    private static final long PATIENCE_SECONDS = 1;

    /**
     * The lists.
     *
     * @param tiers all tiers
     * @param modes switched route policies by name, true to watch only
     * @param addresses addresses banned for good
     */
    public record Lists(List<Tier> tiers, Map<String, Boolean> modes, List<BannedCaller> addresses) {}

    private final Flights flights;
    private final RedisKeys keys;

    /** With how scripts travel, and the key's name. */
    public SharedLists(Flights flights, RedisKeys keys) {
        this.flights = flights;
        this.keys = keys;
    }

    /**
     * Writes them.
     *
     * @param database reads them, after it was called
     * @throws Exception as the database does, or if Redis does not take them
     */
    public void write(Supplier<Lists> database) throws Exception {
        List<String> key = List.of(keys.shared());
        String ticket = flights.call(TICKET, key).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        flights.call(SHARE, key, ticket, write(database.get())).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * Reads them; empty if nobody has written any.
     *
     * @throws Exception if Redis does not give them
     */
    public Optional<Lists> read() throws Exception {
        String text = flights.call(SHARED, List.of(keys.shared())).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return text.isEmpty() ? Optional.empty() : Optional.of(read(text));
    }

    static String write(Lists lists) {
        StringBuilder text = new StringBuilder();
        for (Tier tier : lists.tiers()) {
            line(text, "tier", tier.name(), number(tier.windowLimit()), number(tier.monthlyQuota()));
        }
        lists.modes().forEach((name, shadow) -> line(text, "mode", name, shadow.toString()));
        for (BannedCaller banned : lists.addresses()) {
            Ban ban = banned.ban();
            line(text, "ban", banned.caller().id(), Long.toString(ban.bannedAt()), ban.reason());
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String... words) {
        text.append(String.join(" ", words)).append('\n');
    }

    static Lists read(String text) {
        List<Tier> tiers = new ArrayList<>();
        Map<String, Boolean> modes = new HashMap<>();
        List<BannedCaller> addresses = new ArrayList<>();
        for (String line : text.split("\n")) {
            String[] words = line.split(" ", 4);
            switch (words[0]) {
                case "tier" -> tiers.add(new Tier(words[1], number(words[2]), number(words[3])));
                case "mode" -> modes.put(words[1], Boolean.valueOf(words[2]));
                case "ban" ->
                    addresses.add(new BannedCaller(
                            Caller.parse(words[1]),
                            new Ban(BanLevel.PERMANENT, words[3], Long.parseLong(words[2]), OptionalLong.empty())));
                default -> {
                    // Of a later release.
                }
            }
        }
        return new Lists(List.copyOf(tiers), Map.copyOf(modes), List.copyOf(addresses));
    }

    private static String number(OptionalLong number) {
        return number.isEmpty() ? NONE : Long.toString(number.getAsLong());
    }

    private static OptionalLong number(String text) {
        return text.equals(NONE) ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    }
}

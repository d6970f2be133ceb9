package dev.tollgate.config;

import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BanLevel;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parsers of settings' values. Each throws {@link IllegalArgumentException} with the reason why a text cannot be used. */
final class Values {

    private static final int MIN_SECRET_LENGTH = 32;

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})(B|KiB|MiB|GiB)?");

    private Values() {}

    static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a duration such as 50ms, 5s, 5m, 1h or 7d");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    static Function<String, Duration> durationBetween(String min, String max) {
        Duration low = duration(min);
        Duration high = duration(max);
        return text -> {
            Duration value = duration(text);
            if (value.compareTo(low) < 0 || value.compareTo(high) > 0) {
                throw new IllegalArgumentException("must be between " + min + " and " + max);
            }
            return value;
        };
    }

    static Function<String, Integer> zeroOrBetween(int min, int max) {
        return text -> text.equals("0") ? 0 : integerBetween(min, max).apply(text);
    }

    static Function<String, Integer> integerBetween(int min, int max) {
        return text -> {
            int value;
            try {
                value = Integer.parseInt(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("not a whole number", e);
            }
            if (value < min || value > max) {
                throw new IllegalArgumentException("must be between " + min + " and " + max);
            }
            return value;
        };
    }

    static long size(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a size such as 500KiB, 100MiB or 2GiB");
        }
        String unit = matcher.group(2) == null ? "B" : matcher.group(2);
        int shift = List.of("B", "KiB", "MiB", "GiB").indexOf(unit) * 10;
        long amount = Long.parseLong(matcher.group(1));
        if (amount < 1 || amount > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException("must be at least one byte and fit a long");
        }
        return amount << shift;
    }

    static boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        };
    }

    static List<String> list(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    /** Reads host names without scheme and port; IPv6 addresses are in brackets. */
    static List<String> hostNames(String text) {
        return eachOf(
                text,
                "[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]{2,45}]",
                "needs host names such as admin.example.org, without scheme, port or path");
    }

    private static List<String> eachOf(String text, String pattern, String otherwise) {
        List<String> items = list(text);
        for (String item : items) {
            if (!item.matches(pattern)) {
                throw new IllegalArgumentException(otherwise);
            }
        }
        return items;
    }

    /** Reads a secret of sufficient length, or none. */
    static String secret(String text) {
        if (!text.isEmpty() && text.length() < MIN_SECRET_LENGTH) {
            throw new IllegalArgumentException("needs at least " + MIN_SECRET_LENGTH + " characters");
        }
        return text;
    }

    static <E extends Enum<E>> Function<String, E> oneOf(Class<E> type) {
        return text -> {
            for (E constant : type.getEnumConstants()) {
                if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
                    return constant;
                }
            }
            throw new IllegalArgumentException(
                    "must be one of " + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT));
        };
    }

    static List<String> redisUrls(String text) {
        List<String> urls = list(text);
        if (urls.isEmpty()) {
            throw new IllegalArgumentException("needs at least one redis:// or rediss:// URL");
        }
        for (String url : urls) {
            if (!url.matches("rediss?://.*")) {
                throw new IllegalArgumentException(
                        "must begin with redis:// or rediss://, such as redis://127.0.0.1:6379");
            }
            URI uri;
            try {
                uri = new URI(url);
            } catch (URISyntaxException e) {
                // The exception's own message repeats the URL with its password.
                throw new IllegalArgumentException("is not a URL; percent-encode special characters of a password", e);
            }
            if (uri.getHost() == null) {
                throw new IllegalArgumentException("names no host, as in redis://127.0.0.1:6379");
            }
            if (uri.getPath() != null && !uri.getPath().matches("|/|/\\d{1,4}")) {
                throw new IllegalArgumentException("may end in a database's number, such as /1");
            }
        }
        return urls;
    }

    static String keyPrefix(String text) {
        if (!text.matches("[A-Za-z0-9:._-]{0,40}")) {
            throw new IllegalArgumentException("may hold up to 40 letters, digits and : . _ -");
        }
        return text;
    }

    /** Reads origins of web pages, without a path; {@code *} is any. */
    static List<String> origins(String text) {
        return eachOf(
                text,
                "\\*|[A-Za-z][A-Za-z0-9+.-]*://[^/\\s?#@*]+",
                "needs origins such as https://shop.example or http://localhost:3000, without a path, or *");
    }

    /** Reads what API keys begin with. */
    static List<String> keyPrefixes(String text) {
        List<String> prefixes = eachOf(
                text, "[A-Za-z0-9._-]{2,32}", "needs prefixes of 2 to 32 letters, digits and . _ -, such as tg_");
        if (prefixes.isEmpty()) {
            throw new IllegalArgumentException("needs at least one prefix, such as tg_");
        }
        return prefixes;
    }

    /** Reads a JNDI name. No scheme but {@code java:} is accepted, so that no name leads out of the server. */
    static String jndiName(String text) {
        if (!text.matches("(java:)?[A-Za-z0-9_./-]{1,200}")) {
            throw new IllegalArgumentException("is not a JNDI name such as jdbc/tollgate or java:/jdbc/tollgate");
        }
        return text;
    }

    /** Reads steps such as {@code 5=5m,7=1d,12=permanent}. */
    static List<BanLadder.Step> banSteps(String text) {
        List<BanLadder.Step> steps = list(text).stream().map(Values::banStep).toList();
        return new BanLadder(steps, Duration.ofDays(7)).steps();
    }

    private static BanLadder.Step banStep(String text) {
        String[] sides = text.split("=", -1);
        if (sides.length != 2 || !sides[0].matches("\\d{1,6}")) {
            throw new IllegalArgumentException("steps look like 5=5m or 12=permanent, not " + text);
        }
        BanLevel level = sides[1].equals("permanent") ? BanLevel.PERMANENT : BanLevel.lasting(duration(sides[1]));
        return new BanLadder.Step(Integer.parseInt(sides[0]), level);
    }
}

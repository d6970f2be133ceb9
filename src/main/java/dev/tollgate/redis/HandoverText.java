package dev.tollgate.redis;

import dev.tollgate.audit.AuditEvent;
import dev.tollgate.limit.Ban;
import dev.tollgate.limit.BanLevel;
import dev.tollgate.limit.BannedCaller;
import dev.tollgate.limit.Caller;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What is handed over, an entry a line: words apart by a blank, free text in the form of a URL's query. */
final class HandoverText {

    static final String BAN = "ban ";
    static final String AUDIT = "audit ";

    private static final String NOBODY = "-";

    private HandoverText() {}

    static String write(AuditEvent event) {
        return AUDIT
                + String.join(
                        " ",
                        event.type().name(),
                        Long.toString(event.atMillis()),
                        event.caller() == null ? NOBODY : encode(event.caller()),
                        encode(event.actor()),
                        new TreeMap<>(event.details())
                                .entrySet().stream()
                                        .map(detail -> encode(detail.getKey()) + "=" + encode(detail.getValue()))
                                        .collect(Collectors.joining("&")));
    }

    static String write(Caller caller, Ban permanent) {
        return BAN + caller.id() + " " + permanent.bannedAt() + " " + encode(permanent.reason());
    }

    /**
     * Reads an audit event.
     *
     * @throws IllegalArgumentException if it is none
     */
    static AuditEvent readAudit(String entry) {
        String[] words = words(entry, 6);
        Map<String, String> details = new HashMap<>();
        for (String detail : words[5].split("&")) {
            int equals = detail.indexOf('=');
            if (equals > 0) {
                details.put(decode(detail.substring(0, equals)), decode(detail.substring(equals + 1)));
            }
        }
        return new AuditEvent(
                AuditEvent.Type.valueOf(words[1]),
                Long.parseLong(words[2]),
                words[3].equals(NOBODY) ? null : decode(words[3]),
                decode(words[4]),
                details);
    }

    /**
     * Reads a permanent ban.
     *
     * @throws IllegalArgumentException if it is none
     */
    static BannedCaller readBan(String entry) {
        String[] words = words(entry, 4);
        return new BannedCaller(
                Caller.parse(words[1]),
                new Ban(BanLevel.PERMANENT, decode(words[3]), Long.parseLong(words[2]), OptionalLong.empty()));
    }

    private static String[] words(String entry, int count) {
        String[] words = entry.split(" ", -1);
        if (words.length != count) {
            throw new IllegalArgumentException("not an entry");
        }
        return words;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}

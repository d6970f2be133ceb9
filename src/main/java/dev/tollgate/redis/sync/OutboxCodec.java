package dev.tollgate.redis.sync;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.BanEvent;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BanRepository.BannedCaller;
import dev.tollgate.core.limit.Caller;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The text form of outbox entries: one line each, words separated by a space, free text encoded as in a URL's query.
 *
 * <p>Reading accepts only what a guard may send: events of the gate's own types and not by an administrator, of bounded length
 * and without control characters.
 */
final class OutboxCodec {

    static final String BAN = "ban ";
    static final String AUDIT = "audit ";

    /** The detail with the name of the guard. */
    static final String ORIGIN = "guard";

    private static final String NO_CALLER = "-";
    private static final int MAX_DETAILS = 20;
    private static final int MAX_NAME = 50;
    private static final int MAX_TEXT = 500;

    /** The events a gate causes by itself. All others are caused by people, at a node with a database. */
    private static final Set<AuditEvent.Type> OF_A_GATE = EnumSet.of(
            AuditEvent.Type.BAN_APPLIED,
            AuditEvent.Type.BAN_ESCALATED,
            AuditEvent.Type.LIMIT_EXCEEDED,
            AuditEvent.Type.QUOTA_WARNING,
            AuditEvent.Type.ADDRESS_REFUSED);

    private OutboxCodec() {}

    static String write(AuditEvent event) {
        return AUDIT
                + String.join(
                        " ",
                        event.type().name(),
                        Long.toString(event.atMillis()),
                        event.caller() == null ? NO_CALLER : encode(event.caller()),
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
     * Reads an audit event of a gate.
     *
     * @param origin the name of the guard
     * @throws IllegalArgumentException if it is no such event; the message has no text of the entry
     */
    static AuditEvent readAudit(String entry, String origin) {
        String[] words = words(entry, 6);
        AuditEvent.Type type = OF_A_GATE.stream()
                .filter(known -> known.name().equals(words[1]))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not an event of a gate"));
        if (!decode(words[4]).equals(AuditEvent.GATE)) {
            throw new IllegalArgumentException("the actor is not a gate");
        }
        Map<String, String> details = details(words[5]);
        details.put(ORIGIN, origin);
        String caller =
                words[3].equals(NO_CALLER) ? null : caller(decode(words[3])).id();
        return new AuditEvent(type, number(words[2]), caller, AuditEvent.GATE, details);
    }

    private static Map<String, String> details(String text) {
        Map<String, String> details = new HashMap<>();
        for (String detail : text.split("&")) {
            int equals = detail.indexOf('=');
            if (equals > 0 && details.size() < MAX_DETAILS) {
                details.put(
                        line(decode(detail.substring(0, equals)), MAX_NAME),
                        line(decode(detail.substring(equals + 1)), MAX_TEXT));
            }
        }
        String end = details.get(BanEvent.EXPIRES_AT);
        if (end != null) {
            try {
                // Queries for bans in force compare this text.
                details.put(BanEvent.EXPIRES_AT, Instant.parse(end).toString());
            } catch (DateTimeException e) {
                throw new IllegalArgumentException("the end of the ban is not an instant", e);
            }
        }
        return details;
    }

    /** Replaces line breaks and invisible characters, so that a text cannot pass for another row or log line. */
    private static String line(String text, int maxLength) {
        String line = text.replaceAll("[\\p{Cc}\\p{Cf}\\u2028\\u2029]", " ");
        return line.length() > maxLength ? line.substring(0, maxLength) : line;
    }

    /**
     * Reads a permanent ban.
     *
     * @throws IllegalArgumentException if it is no ban; the message has no text of the entry
     */
    static BannedCaller readBan(String entry) {
        String[] words = words(entry, 4);
        return new BannedCaller(
                caller(words[1]),
                new Ban(BanLevel.PERMANENT, decode(words[3]), number(words[2]), OptionalLong.empty()));
    }

    private static Caller caller(String id) {
        try {
            return Caller.parse(id);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not a caller", e);
        }
    }

    private static long number(String text) {
        if (!text.matches("\\d{1,15}")) {
            throw new IllegalArgumentException("not an instant");
        }
        return Long.parseLong(text);
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
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not encoded as a query", e);
        }
    }
}

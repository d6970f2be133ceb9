package dev.tollgate.http.filter;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Header fields with credentials that other systems gave out, generated from a seed. None begins as Tollgate's keys do. */
final class ForeignCredentials {

    /** A header field. */
    record Field(String name, String value) {}

    private static final List<String> SCHEMES = List.of(
            "Bearer ",
            "bearer ",
            "BEARER  ",
            "Basic ",
            "DPoP ",
            "Token ",
            "ApiKey ",
            "Negotiate ",
            "GNAP ",
            "Bearer",
            "");

    private final Random random;

    ForeignCredentials(long seed) {
        random = new Random(seed);
    }

    /** Returns the fields of one request: one to three, which may repeat a name, be joined by commas or be empty. */
    List<Field> next() {
        List<Field> fields = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            fields.add(
                    random.nextInt(3) == 0
                            ? new Field("X-API-Key", joined(""))
                            : new Field("Authorization", authorization()));
        }
        return fields;
    }

    private String authorization() {
        return random.nextInt(6) == 0 ? digest() : joined(SCHEMES.get(random.nextInt(SCHEMES.size())));
    }

    /** Quoted text holds commas, and what looks like a key of Tollgate's. */
    private String digest() {
        return "Digest username=\"a, Bearer tg_" + "A".repeat(43) + "\", realm=\"tg_\", uri=\"/\", response=\""
                + hex(32) + "\"";
    }

    private String joined(String scheme) {
        String one = scheme + token();
        return random.nextInt(5) == 0 ? one + "," + " ".repeat(random.nextInt(2)) + scheme + token() : one;
    }

    private String token() {
        return switch (random.nextInt(10)) {
            case 0, 1 -> jwt();
            case 2 -> hex(40);
            case 3 -> UUID.randomUUID().toString();
            case 4 -> "sk_live_" + base64Url(24);
            case 5 -> "TG_" + base64Url(32);
            case 6 -> "xtg_" + base64Url(32);
            case 7 -> Base64.getEncoder().encodeToString(bytes(1 + random.nextInt(60)));
            case 8 -> "tg" + base64Url(32).replace('_', '-');
            default -> "";
        };
    }

    /** What an OpenID provider gives out. */
    String jwt() {
        return base64Url("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"1\"}".getBytes())
                + "."
                + base64Url(("{\"iss\":\"https://id.example\",\"sub\":\"" + random.nextLong() + "\"}").getBytes())
                + "."
                + base64Url(256);
    }

    private String hex(int digits) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < digits; i++) {
            text.append(Character.forDigit(random.nextInt(16), 16));
        }
        return text.toString();
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private String base64Url(int count) {
        return base64Url(bytes(count));
    }

    private static String base64Url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}

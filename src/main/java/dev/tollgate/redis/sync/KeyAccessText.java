package dev.tollgate.redis.sync;

import dev.tollgate.core.account.KeyAccess;
import dev.tollgate.core.account.Scopes;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text form of what a key is restricted to: words such as {@code scopes=a,b}, each only where there is something to say. The
 * previous release skips them, and so restricts nothing by them.
 */
final class KeyAccessText {

    /** The words before are the key's own, such as its prefix. */
    private static final int FIRST = 6;

    private static final String SCOPES = "scopes=";
    private static final String ADDRESSES = "addresses=";
    private static final String SUSPENDED = "suspended=1";
    private static final String RETIRING = "retiring=";

    private KeyAccessText() {}

    /** Returns the words, each after a space. */
    static String write(KeyAccess access) {
        if (access.equals(KeyAccess.FREE)) {
            return "";
        }
        StringBuilder words = new StringBuilder();
        if (!access.scopes().isEmpty()) {
            words.append(' ').append(SCOPES).append(access.scopes().text().replace(' ', ','));
        }
        if (!access.addresses().isEmpty()) {
            words.append(' ').append(ADDRESSES).append(String.join(",", access.addresses()));
        }
        if (access.suspended()) {
            words.append(' ').append(SUSPENDED);
        }
        KeyAccess.Retirement retirement = access.retirement();
        if (retirement != null) {
            words.append(' ')
                    .append(RETIRING)
                    .append(retirement.since().toEpochMilli())
                    .append(',')
                    .append(retirement.until().toEpochMilli());
        }
        return words.toString();
    }

    /** Reads the words from the seventh on. Those of a later release are skipped. */
    static KeyAccess read(String[] words) {
        Scopes scopes = Scopes.NONE;
        List<String> addresses = List.of();
        boolean suspended = false;
        KeyAccess.Retirement retirement = null;
        for (int i = FIRST; i < words.length; i++) {
            String word = words[i];
            if (word.startsWith(SCOPES)) {
                scopes = Scopes.of(List.of(word.substring(SCOPES.length()).split(",")));
            } else if (word.startsWith(ADDRESSES)) {
                addresses = List.of(word.substring(ADDRESSES.length()).split(","));
            } else if (word.equals(SUSPENDED)) {
                suspended = true;
            } else if (word.startsWith(RETIRING)) {
                retirement = retirement(word.substring(RETIRING.length()));
            }
        }
        boolean free = scopes.isEmpty() && addresses.isEmpty() && !suspended && retirement == null;
        return free ? KeyAccess.FREE : new KeyAccess(scopes, addresses, suspended, retirement);
    }

    private static KeyAccess.@Nullable Retirement retirement(String text) {
        int comma = text.indexOf(',');
        return new KeyAccess.Retirement(
                Instant.ofEpochMilli(Long.parseLong(text.substring(0, comma))),
                Instant.ofEpochMilli(Long.parseLong(text.substring(comma + 1))));
    }
}

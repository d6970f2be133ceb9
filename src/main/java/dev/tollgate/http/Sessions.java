package dev.tollgate.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.tollgate.account.ApiKeyToken;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.function.LongSupplier;

/**
 * The console's sessions. Not the container's, whose cookie cannot be made {@code SameSite} in the same way on every server.
 * The cookie holds 32 random bytes, known here by their hash; a sign-in always makes new ones, so that a cookie set by
 * somebody else is worth nothing. A session ends by signing out, after half an hour without a request, or twelve hours after
 * the sign-in. This node's only; bounded, the least used going first. Thread-safe.
 */
public final class Sessions {

    private static final String COOKIE = "tollgate_session";
    private static final int MOST = 1_000;
    private static final Duration IDLE = Duration.ofMinutes(30);
    private static final long LONGEST_MILLIS = Duration.ofHours(12).toMillis();
    private static final int BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Cache<String, Administrator> byHash;
    private final LongSupplier clock;

    /**
     * @param clock milliseconds since the epoch
     */
    public Sessions(LongSupplier clock) {
        this.clock = clock;
        Ticker ticker = () -> clock.getAsLong() * 1_000_000;
        this.byHash = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterAccess(IDLE)
                .ticker(ticker)
                .build();
    }

    /** Who is signed in; null if nobody is. */
    Administrator of(HttpServletRequest request) {
        String token = token(request);
        if (token == null) {
            return null;
        }
        Administrator administrator = byHash.getIfPresent(ApiKeyToken.hash(token));
        boolean tooLong = administrator != null && clock.getAsLong() - administrator.since() > LONGEST_MILLIS;
        return tooLong ? null : administrator;
    }

    /** Starts one, and ends the one the request came with. */
    void start(Administrator administrator, HttpServletRequest request, HttpServletResponse response) {
        forget(request);
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        byHash.put(ApiKeyToken.hash(token), administrator);
        cookie(token, "", request, response);
    }

    /** Ends the one the request came with, if any. */
    void end(HttpServletRequest request, HttpServletResponse response) {
        forget(request);
        cookie("", "; Max-Age=0", request, response);
    }

    private void forget(HttpServletRequest request) {
        String token = token(request);
        if (token != null) {
            byHash.invalidate(ApiKeyToken.hash(token));
        }
    }

    private static String token(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        if (cookies != null) {
            for (Cookie cookie : cookies) {
                if (cookie.getName().equals(COOKIE) && cookie.getValue().length() <= 100) {
                    return cookie.getValue();
                }
            }
        }
        return null;
    }

    private static void cookie(String value, String end, HttpServletRequest request, HttpServletResponse response) {
        // Whoever claims HTTPS and has none only keeps the cookie from itself.
        boolean secure = request.isSecure() || "https".equalsIgnoreCase(request.getHeader("X-Forwarded-Proto"));
        response.addHeader(
                "Set-Cookie",
                COOKIE + "=" + value + "; Path=" + request.getContextPath() + "/; HttpOnly; SameSite=Strict"
                        + (secure ? "; Secure" : "") + end);
    }
}

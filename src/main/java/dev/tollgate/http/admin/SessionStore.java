package dev.tollgate.http.admin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.tollgate.core.account.ApiKeyToken;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The console's sessions. Not the container's, whose cookie cannot be made {@code SameSite} in the same way on every server.
 * The cookie holds 32 random bytes, known here by their hash; a sign-in always makes new ones, so that a cookie set by
 * somebody else is worth nothing. A session ends by signing out, after half an hour without a request, or twelve hours after
 * the sign-in, and when the realm, which is asked again and again, no longer knows the user by this password and with a role of
 * administration. Then all sessions of the user end. A session that goes on has the roles that the realm says then, so a viewer
 * can become an administrator, and the other way round. For asking again the password is kept, encrypted with a key that only
 * the cookie holds ({@link SealedPassword}). This node's only; bounded, the least used going first. Thread-safe.
 */
public final class SessionStore {

    private static final String COOKIE = "tollgate_session";
    private static final int MAX_SESSIONS = 1_000;
    private static final Duration IDLE = Duration.ofMinutes(30);
    private static final long LONGEST_MILLIS = Duration.ofHours(12).toMillis();

    /** How long a session goes on while the realm must not be asked, since failures have used up what it bears. */
    private static final long UNCONFIRMED_MILLIS = Duration.ofMinutes(15).toMillis();

    private static final int BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Cache<String, Session> byHash;
    private final LongSupplier clock;
    private final RealmAuthenticator signIn;
    private final long recheckMillis;

    /** Somebody's, until it ends. */
    static final class Session {

        private volatile AdminUser adminUser;
        private final SealedPassword password;
        private final String pageToken;
        private long confirmedAt;
        private boolean asking;
        private boolean ended;

        private Session(AdminUser adminUser, SealedPassword password, String pageToken) {
            this.adminUser = adminUser;
            this.password = password;
            this.pageToken = pageToken;
            this.confirmedAt = adminUser.since();
        }

        /** Who is signed in. */
        AdminUser adminUser() {
            return adminUser;
        }

        /** What the console's pages know and no other page does. */
        String pageToken() {
            return pageToken;
        }

        /** Whether this caller is the one to ask the realm now. */
        private synchronized boolean takesAsking(long now, long every) {
            if (asking || now - confirmedAt < every) {
                return false;
            }
            asking = true;
            return true;
        }

        /** Only the caller that takes the asking does this, so no other writes the roles meanwhile. */
        private void give(Set<String> roles) {
            adminUser = adminUser.withRoles(roles);
        }

        private synchronized void asked(boolean confirmed, long now) {
            asking = false;
            confirmedAt = confirmed ? now : confirmedAt;
        }

        private synchronized void end() {
            ended = true;
        }

        private synchronized boolean isConfirmed(long now, long within) {
            return !ended && now - confirmedAt <= within;
        }
    }

    /**
     * @param clock milliseconds since the epoch
     * @param signIn asks the realm
     * @param counts where their number can be read
     * @param recheck how often the realm is asked again
     */
    public SessionStore(LongSupplier clock, RealmAuthenticator signIn, LoginStats counts, Duration recheck) {
        this.clock = clock;
        this.signIn = signIn;
        this.recheckMillis = recheck.toMillis();
        Ticker ticker = () -> clock.getAsLong() * 1_000_000;
        this.byHash = Caffeine.newBuilder()
                .maximumSize(MAX_SESSIONS)
                .expireAfterAccess(IDLE)
                .ticker(ticker)
                .evictionListener((@Nullable String hash, @Nullable Session session, RemovalCause cause) ->
                        Objects.requireNonNull(session).end())
                .build();
        counts.sessions(byHash::estimatedSize);
    }

    /** The session of a request; null if nobody is signed in. Asks the realm again if it is time. */
    @Nullable
    Session of(HttpServletRequest request) {
        String token = token(request);
        if (token == null) {
            return null;
        }
        Session session = byHash.getIfPresent(ApiKeyToken.hash(token));
        if (session == null) {
            return null;
        }
        long now = clock.getAsLong();
        if (now - session.adminUser.since() > LONGEST_MILLIS) {
            forget(token);
            return null;
        }
        if (session.takesAsking(now, recheckMillis)) {
            confirm(session, token, request, now);
        }
        // Another request may be asking the realm. Until it has an answer, the last one counts.
        return session.isConfirmed(now, recheckMillis + UNCONFIRMED_MILLIS) ? session : null;
    }

    private void confirm(Session session, String token, HttpServletRequest request, long now) {
        boolean confirmed = false;
        try {
            SealedPassword.Opened opened = session.password.open(token);
            RealmAuthenticator.Outcome outcome =
                    signIn.confirm(request, session.adminUser, opened.user(), opened.password());
            confirmed = outcome.verdict() == RealmAuthenticator.Verdict.GOOD;
            if (confirmed) {
                session.give(Objects.requireNonNull(outcome.adminUser()).roles());
            } else if (outcome.verdict() != RealmAuthenticator.Verdict.TOO_MANY) {
                endAllOf(session.adminUser.user());
            }
        } finally {
            session.asked(confirmed, now);
        }
    }

    private void endAllOf(String user) {
        byHash.asMap().entrySet().removeIf(entry -> {
            boolean theirs = entry.getValue().adminUser.user().equals(user);
            if (theirs) {
                entry.getValue().end();
            }
            return theirs;
        });
    }

    /** Whether a session may go on being told things without a request of its own: it has not ended and was confirmed of late. */
    boolean isLive(Session session) {
        return session.isConfirmed(clock.getAsLong(), recheckMillis);
    }

    /**
     * Starts one, and ends the one the request came with.
     *
     * @param user the name that was given
     * @param password the password that was given
     * @return the session
     */
    Session start(
            AdminUser adminUser,
            String user,
            String password,
            HttpServletRequest request,
            HttpServletResponse response) {
        forget(token(request));
        String token = random();
        Session session = new Session(adminUser, SealedPassword.seal(user, password, token), random());
        byHash.put(ApiKeyToken.hash(token), session);
        cookie(token, "", request, response);
        return session;
    }

    /** Ends the one the request came with, if any. */
    void end(HttpServletRequest request, HttpServletResponse response) {
        forget(token(request));
        cookie("", "; Max-Age=0", request, response);
    }

    private void forget(@Nullable String token) {
        Session session = token == null ? null : byHash.asMap().remove(ApiKeyToken.hash(token));
        if (session != null) {
            session.end();
        }
    }

    private static String random() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static @Nullable String token(HttpServletRequest request) {
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
        // A client can forge the field. Its browser then does not send the cookie over HTTP, which harms no other
        // client.
        boolean secure = request.isSecure() || "https".equalsIgnoreCase(request.getHeader("X-Forwarded-Proto"));
        response.addHeader(
                "Set-Cookie",
                COOKIE + "=" + value + "; Path=" + request.getContextPath() + "/; HttpOnly; SameSite=Strict"
                        + (secure ? "; Secure" : "") + end);
    }
}

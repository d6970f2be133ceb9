package dev.tollgate.http.route;

import dev.tollgate.config.EncodedSlash;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request's path inside its application, in the one form patterns are matched against: decoded, beginning with a slash,
 * without path parameters ({@code ;x=1}) and without a slash at the end.
 *
 * <p>What could be understood in two ways is refused rather than guessed at, by what the client sent ({@link RawPath}) and by
 * what the container made of it. So no spelling of a path reaches a resource under a policy that was meant for another.
 */
public final class RoutePath {

    private RoutePath() {}

    /**
     * The normal form of a request's path, where an encoded slash is refused.
     *
     * @return null if the path is refused: answer 400
     */
    public static @Nullable String of(HttpServletRequest request) {
        return of(request, EncodedSlash.REJECT);
    }

    /**
     * The normal form of a request's path.
     *
     * @param slash what an encoded slash is
     * @return null if the path is refused: answer 400
     */
    public static @Nullable String of(HttpServletRequest request, EncodedSlash slash) {
        String raw = request.getRequestURI();
        if (!RawPath.isPlain(raw, slash)) {
            return null;
        }
        String path = of(request.getServletPath(), request.getPathInfo(), slash);
        // The container has decoded a slash. An application that reads the raw path would see another path.
        return path != null && hasEncodedSlash(raw) && !hasEncodedSlash(path) ? null : path;
    }

    private static boolean hasEncodedSlash(String path) {
        return path.contains("%2f") || path.contains("%2F");
    }

    /** The normal form of what {@code getServletPath} and {@code getPathInfo} (may be null) give; null if it is refused. */
    static @Nullable String of(String servletPath, @Nullable String pathInfo, EncodedSlash slash) {
        return normal(
                pathInfo == null ? servletPath : servletPath.isEmpty() ? pathInfo : servletPath + pathInfo, slash);
    }

    /**
     * The normal form of a decoded path, where an encoded slash is refused; the same string if it is normal already.
     *
     * @return null if the path is refused
     */
    static @Nullable String normal(String path) {
        return normal(path, EncodedSlash.REJECT);
    }

    private static @Nullable String normal(String path, EncodedSlash slash) {
        boolean clean = !path.isEmpty() && path.charAt(0) == '/';
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c < ' ' || c == '\\' || (c >= 0x7f && c <= 0x9f) || (c == '%' && isRefused(path, i, slash))) {
                return null;
            }
            clean &= c != ';' && !(c == '/' && !beginsSegment(path, i + 1));
        }
        return clean || path.equals("/") ? path : rebuilt(path);
    }

    /** Whether a proper segment begins here: not empty, not beginning with a dot (which may be harmless, but is looked at). */
    private static boolean beginsSegment(String path, int at) {
        return at < path.length() && path.charAt(at) != '/' && path.charAt(at) != '.';
    }

    /** Whether what follows a percent sign is an escape, so that the path was encoded twice or the container left it. */
    private static boolean isRefused(String path, int percent, EncodedSlash slash) {
        if (percent + 2 >= path.length()) {
            return false;
        }
        char high = path.charAt(percent + 1);
        char low = path.charAt(percent + 2);
        boolean escape = Character.digit(high, 16) >= 0 && Character.digit(low, 16) >= 0;
        boolean opaque = slash == EncodedSlash.OPAQUE && high == '2' && (low == 'f' || low == 'F');
        return escape && !opaque;
    }

    private static @Nullable String rebuilt(String path) {
        StringBuilder normal = new StringBuilder(path.length() + 1);
        int at = 0;
        while (at < path.length()) {
            int slash = path.indexOf('/', at);
            int end = slash < 0 ? path.length() : slash;
            int parameters = path.indexOf(';', at);
            String segment = path.substring(at, parameters >= 0 && parameters < end ? parameters : end);
            if (segment.equals("..")) {
                return null;
            }
            if (!segment.isEmpty() && !segment.equals(".")) {
                normal.append('/').append(segment);
            }
            at = end + 1;
        }
        return normal.length() == 0 ? "/" : normal.toString();
    }
}

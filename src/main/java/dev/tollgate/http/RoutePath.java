package dev.tollgate.http;

/**
 * A request's path inside its application, in the one form patterns are matched against: decoded, beginning with a slash,
 * without empty or {@code .} segments, without path parameters ({@code ;x=1}) and without a slash at the end.
 *
 * <p>The container has decoded and normalised the path already; this closes what containers leave open, so that no spelling
 * of a path reaches a resource under a policy that was meant for another. What could be understood in two ways is refused
 * rather than guessed at: {@code ..} segments, backslashes, control characters and characters still percent-encoded after
 * decoding that would change the path ({@code %2e %2f %3b %5c}).
 */
public final class RoutePath {

    private RoutePath() {}

    /**
     * The normal form of a request's path; allocates nothing if there is no path info and the path is normal already.
     *
     * @param servletPath what {@code getServletPath} gives
     * @param pathInfo what {@code getPathInfo} gives; may be null
     * @return null if the path is refused: answer 400
     */
    public static String of(String servletPath, String pathInfo) {
        return normal(pathInfo == null ? servletPath : servletPath.isEmpty() ? pathInfo : servletPath + pathInfo);
    }

    /**
     * The normal form of a decoded path; the same string if it is normal already.
     *
     * @return null if the path is refused
     */
    static String normal(String path) {
        boolean clean = !path.isEmpty() && path.charAt(0) == '/';
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c < ' ' || c == '\\' || (c >= 0x7f && c <= 0x9f) || (c == '%' && isEncoded(path, i))) {
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

    private static boolean isEncoded(String path, int percent) {
        if (percent + 2 >= path.length()) {
            return false;
        }
        char high = path.charAt(percent + 1);
        char low = Character.toLowerCase(path.charAt(percent + 2));
        return (high == '2' && (low == 'e' || low == 'f'))
                || (high == '3' && low == 'b')
                || (high == '5' && low == 'c');
    }

    private static String rebuilt(String path) {
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

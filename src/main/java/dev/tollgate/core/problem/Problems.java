package dev.tollgate.core.problem;


/** Every problem that is not a decision's: bad keys, bad requests, failures. {@link Refusal} has the decision's. */
public final class Problems {

    /** The draft's type for less capacity than usual. */
    static final String REDUCED_CAPACITY = "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity";

    private static final String CHALLENGE = "Bearer realm=\"tollgate\"";
    private static final String INVALID_TOKEN = CHALLENGE + ", error=\"invalid_token\"";

    private static final String SIGN_IN = "Basic realm=\"tollgate\", charset=\"UTF-8\"";

    private Problems() {}

    /** 401: the route demands a key and there was none. */
    public static Problem missingKey() {
        return unauthorized(
                "MISSING_API_KEY",
                "This route demands an API key; send yours as X-API-Key or as Authorization: Bearer.",
                CHALLENGE);
    }

    /** 401: no such key. */
    public static Problem invalidKey() {
        return unauthorized(
                "INVALID_API_KEY", "The API key is not known; check that all of it was sent.", INVALID_TOKEN);
    }

    /** 401: two keys that differ. */
    public static Problem conflictingKeys() {
        return unauthorized(
                "INVALID_API_KEY",
                "More than one API key was sent and they differ; send one, as X-API-Key or as Authorization: Bearer.",
                INVALID_TOKEN);
    }

    /** 401: the key was revoked. */
    public static Problem inactiveKey() {
        return unauthorized("INACTIVE_API_KEY", "The API key was revoked; use another one.", INVALID_TOKEN);
    }

    /** 401: the key is past its end. */
    public static Problem expiredKey() {
        return unauthorized("EXPIRED_API_KEY", "The API key has expired; use another one.", INVALID_TOKEN);
    }

    private static Problem unauthorized(String code, String detail, String challenge) {
        return Problem.of(401, code, detail).challenge(challenge).build();
    }

    /**
     * 400: a parameter or member that is unknown or bad.
     *
     * @param parameter its name, which becomes the member {@code parameter}; cut to 100 characters
     * @param detail what is wrong with it
     */
    public static Problem badParameter(String parameter, String detail) {
        String name = parameter.length() > 100 ? parameter.substring(0, 100) : parameter;
        return Problem.of(400, "INVALID_PARAMETER", detail)
                .member("parameter", name)
                .build();
    }

    /** 400: a request that is wrong as a whole. */
    public static Problem badRequest(String detail) {
        return Problem.of(400, "BAD_REQUEST", detail).build();
    }

    /** 400: a path that could be read in two ways, see the route policies. */
    public static Problem badPath() {
        return badRequest(
                "The path can be read in two ways: it holds '.' or '..' or nothing between two slashes, a backslash, a control"
                        + " character, an encoded slash or semicolon, or something that is encoded twice or not as UTF-8.");
    }

    /** 400: two header fields name different clients. */
    public static Problem contradictedAddress() {
        return badRequest("X-Forwarded-For and Forwarded name different clients; send neither, or a key.");
    }

    /**
     * 401: administrators sign in first.
     *
     * @param challenge whether to ask for HTTP Basic; a browser would do so in a window of its own
     */
    public static Problem signInNeeded(boolean challenge) {
        return signIn("SIGN_IN_NEEDED", "This is for administrators; sign in first.", challenge);
    }

    /**
     * 401: no such administrator, or not the password; which of both is nobody's business.
     *
     * @param challenge as in {@link #signInNeeded}
     */
    public static Problem signInFailed(boolean challenge) {
        return signIn("SIGN_IN_FAILED", "User name and password do not go together; check both.", challenge);
    }

    private static Problem signIn(String code, String detail, boolean challenge) {
        Problem.Builder problem = Problem.of(401, code, detail);
        return challenge ? problem.challenge(SIGN_IN).build() : problem.build();
    }

    /** 429: an address failed to sign in too often, or strangers failed to sign in as this user. */
    public static Problem tooManySignIns(long retryAfterSeconds) {
        return Problem.of(
                        429,
                        "TOO_MANY_SIGN_INS",
                        "There were too many failed sign-ins of this user or from this address; try again in "
                                + Math.max(1, retryAfterSeconds) + " s.")
                .type(Refusal.ABNORMAL_USAGE, "Abnormal Usage Detected")
                .retryAfter(retryAfterSeconds)
                .build();
    }

    /** 403: a page of another site asked a browser for a change. */
    public static Problem crossOrigin() {
        return Problem.of(
                        403,
                        "CROSS_ORIGIN",
                        "Changes are accepted from Tollgate's own pages and from scripts, not from pages of other sites.")
                .build();
    }

    /**
     * 403: the key may not do this; an administrator can permit it.
     *
     * @param scope the permission that is missing, in the form of a scope (RFC 6750)
     */
    public static Problem insufficientScope(String scope, String detail) {
        return Problem.of(403, "INSUFFICIENT_SCOPE", detail)
                .challenge(CHALLENGE + ", error=\"insufficient_scope\", scope=\"" + scope + "\"")
                .build();
    }

    /** 403: a browser asked for a change, and not from one of the console's own pages. */
    public static Problem consoleTokenNeeded() {
        return Problem.of(
                        403,
                        "CONSOLE_TOKEN_NEEDED",
                        "With a session, changes need the field Tollgate-Token, which the console's pages know; reload the page. Scripts"
                                + " send HTTP Basic instead of a session's cookie.")
                .build();
    }

    /** 429: an administrator watches as many streams as one may. */
    public static Problem tooManyStreams(int most, long retryAfterSeconds) {
        return Problem.of(
                        429,
                        "TOO_MANY_STREAMS",
                        "This user watches " + most + " streams of this node already; close one, or try again later.")
                .member("maxStreams", most)
                .retryAfter(retryAfterSeconds)
                .build();
    }

    /** 403. */
    public static Problem forbidden(String detail) {
        return Problem.of(403, "FORBIDDEN", detail).build();
    }

    /** 404. */
    public static Problem notFound(String detail) {
        return Problem.of(404, "NOT_FOUND", detail).build();
    }

    /** 405; the answer needs an {@code Allow} field too. */
    public static Problem methodNotAllowed() {
        return Problem.of(405, "METHOD_NOT_ALLOWED", "The method is not among those this path takes; see Allow.")
                .build();
    }

    /** 409. */
    public static Problem conflict(String detail) {
        return Problem.of(409, "CONFLICT", detail).build();
    }

    /** 413: more bytes than the limit, which becomes the member {@code maxBytes}. */
    public static Problem payloadTooLarge(long maxBytes) {
        return Problem.of(413, "PAYLOAD_TOO_LARGE", "The body is larger than " + maxBytes + " bytes; send less.")
                .member("maxBytes", maxBytes)
                .build();
    }

    /** 408: the body came too slowly, or not at all. */
    public static Problem tooSlow(long leastBytesPerSecond) {
        return Problem.of(
                        408,
                        "UPLOAD_TOO_SLOW",
                        "The body came slower than " + leastBytesPerSecond + " bytes a second; nothing was kept.")
                .member("minBytesPerSecond", leastBytesPerSecond)
                .build();
    }

    /** 429: the caller has as many uploads under way as it may. */
    public static Problem tooManyUploads(int most, long retryAfterSeconds) {
        return Problem.of(
                        429,
                        "TOO_MANY_UPLOADS",
                        "There are " + most
                                + " uploads of this caller under way; begin another one when one of them is over.")
                .member("maxUploads", most)
                .retryAfter(retryAfterSeconds)
                .build();
    }

    /** 415. */
    public static Problem unsupportedMediaType(String detail) {
        return Problem.of(415, "UNSUPPORTED_MEDIA_TYPE", detail).build();
    }

    /** 500: a fault of ours; what it was is for the log, not for the answer. */
    public static Problem internalError() {
        return Problem.of(
                        500, "INTERNAL_ERROR", "The request failed for a reason of the server's own; it is in its log.")
                .build();
    }

    /** 503: the database cannot be asked who the key belongs to; the key may well be good. */
    public static Problem directoryUnavailable(long retryAfterSeconds) {
        return unavailable(
                "DIRECTORY_UNAVAILABLE",
                "The API key cannot be checked at the moment; try again later.",
                retryAfterSeconds);
    }

    /** 503: the gate cannot count and its failure mode is to refuse. */
    public static Problem gateUnavailable(long retryAfterSeconds) {
        return unavailable(
                "GATE_UNAVAILABLE", "Limits cannot be checked at the moment; try again later.", retryAfterSeconds);
    }

    /** 429: a key has sent as many usage events as ids are remembered. */
    public static Problem tooManyEvents(long retryAfterSeconds) {
        return Problem.of(
                        429,
                        "TOO_MANY_EVENTS",
                        "The key has sent as many events this quarter of the day as ids are remembered; nothing was taken. Send"
                                + " them when the next quarter has begun.")
                .type(Refusal.QUOTA_EXCEEDED, "Quota Exceeded")
                .retryAfter(retryAfterSeconds)
                .build();
    }

    /** 429: a caller's batches of usage would cost more cells this minute than they may. */
    public static Problem tooManyCells(int cells, int most, long retryAfterSeconds) {
        return Problem.of(
                        429,
                        "TOO_MANY_CELLS",
                        "Within a minute the batches of one account may hold " + most
                                + " cells, combinations of key, day, provider and media type, and with this one's "
                                + cells
                                + " there would be more; nothing was taken. Send it again in " + retryAfterSeconds
                                + " s.")
                .type(Refusal.QUOTA_EXCEEDED, "Quota Exceeded")
                .member("limit", most)
                .member("cells", cells)
                .retryAfter(retryAfterSeconds)
                .build();
    }

    /** 503 for any other reason. */
    public static Problem unavailable(String code, String detail, long retryAfterSeconds) {
        return Problem.of(503, code, detail)
                .type(REDUCED_CAPACITY, "Temporary Reduced Capacity")
                .retryAfter(retryAfterSeconds)
                .build();
    }
}

package dev.tollgate.core.problem;

/**
 * The problems that do not come from a decision: bad keys, bad requests and failures. {@link Refusal} has those of decisions. Details
 * are sentences for people and may change; programs read the code.
 */
public final class Problems {

    /** The draft's type for less capacity than usual. */
    static final String REDUCED_CAPACITY = "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity";

    private static final String CHALLENGE = "Bearer realm=\"tollgate\"";
    private static final String INVALID_TOKEN = CHALLENGE + ", error=\"invalid_token\"";

    private static final String SIGN_IN = "Basic realm=\"tollgate\", charset=\"UTF-8\"";

    private Problems() {}

    /** 401: the route needs a key and the request has none. */
    public static Problem missingKey() {
        return unauthorized(
                "MISSING_API_KEY",
                "This route needs an API key. Send yours as X-API-Key or as Authorization: Bearer.",
                CHALLENGE);
    }

    /** 403: the route is for people who are signed in, and the request comes from nobody with an account. */
    public static Problem principalRequired() {
        return Problem.of(
                        403,
                        "PRINCIPAL_REQUIRED",
                        "This route is for callers who are signed in and have an account here; an API key does not do. Sign in, or"
                                + " ask the operator to link your name to an account.")
                .build();
    }

    /** 401: no such key. */
    public static Problem invalidKey() {
        return unauthorized(
                "INVALID_API_KEY", "There is no such API key. Check that you sent all of it.", INVALID_TOKEN);
    }

    /** 401: two keys that differ. */
    public static Problem conflictingKeys() {
        return unauthorized(
                "INVALID_API_KEY",
                "The request holds two API keys that differ. Send one, as X-API-Key or as Authorization: Bearer.",
                INVALID_TOKEN);
    }

    /** 401: the key was revoked, or got another secret. */
    public static Problem inactiveKey() {
        return unauthorized(
                "INACTIVE_API_KEY",
                "The API key was revoked or replaced by a new one. Use the new one, or ask for one.",
                INVALID_TOKEN);
    }

    /** 401: the key is suspended. */
    public static Problem suspendedKey() {
        return unauthorized(
                "INACTIVE_API_KEY",
                "The API key is suspended. Ask the administrator who issued it, or use another one.",
                INVALID_TOKEN);
    }

    /** 403: the key may not be used from the client's address. */
    public static Problem addressNotAllowed() {
        return Problem.of(
                        403,
                        "ADDRESS_NOT_ALLOWED",
                        "The API key may not be used from this address. Use it from a network that it is issued for, or ask its"
                                + " administrator to add this one.")
                .build();
    }

    /** 401: the key is past its end. */
    public static Problem expiredKey() {
        return unauthorized("EXPIRED_API_KEY", "The API key has expired. Use another one.", INVALID_TOKEN);
    }

    /** 429: as many requests of the caller are under way as a route allows. No violation. */
    public static Problem tooManyAtOnce(String route, int most) {
        return Problem.of(
                        429,
                        "CONCURRENCY_LIMIT_EXCEEDED",
                        "The policy " + route + " lets a caller have " + most + (most == 1 ? " request" : " requests")
                                + " under way at the same time. Wait until one has been answered, then try again.")
                .type(Refusal.QUOTA_EXCEEDED, "Quota Exceeded")
                .member("policy", route)
                .member("limit", most)
                .retryAfter(1)
                .build();
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

    /** 400: a path that servers read in different ways, so that its route is not certain. */
    public static Problem badPath() {
        return badRequest(
                "Servers read this path in different ways. It holds an empty, '.' or '..' segment, a backslash, a control"
                        + " character, an encoded slash or semicolon, or characters encoded twice or not as UTF-8. Send it"
                        + " without those.");
    }

    /** 400: two header fields name different clients. */
    public static Problem contradictedAddress() {
        return badRequest(
                "X-Forwarded-For and Forwarded name different clients. Send neither field, or send an API key.");
    }

    /**
     * 401: administrators sign in first.
     *
     * @param challenge whether to ask for HTTP Basic; a browser would do so in a window of its own
     */
    public static Problem signInNeeded(boolean challenge) {
        return signIn("SIGN_IN_NEEDED", "This is for administrators. Sign in as one first.", challenge);
    }

    /**
     * 401: there is no such administrator, or the password is wrong. The answer does not say which.
     *
     * @param challenge as in {@link #signInNeeded}
     */
    public static Problem signInFailed(boolean challenge) {
        return signIn("SIGN_IN_FAILED", "User name and password do not go together. Check both.", challenge);
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
                        "There were too many failed sign-ins of this user or from this address. Try again in "
                                + Math.max(1, retryAfterSeconds) + " s.")
                .type(Refusal.ABNORMAL_USAGE, "Abnormal Usage Detected")
                .retryAfter(retryAfterSeconds)
                .build();
    }

    /** 403: a page of another site made a browser send a change. */
    public static Problem crossOrigin() {
        return Problem.of(
                        403,
                        "CROSS_ORIGIN",
                        "Tollgate takes changes from its own pages and from scripts, not from pages of other sites.")
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

    /** 403: a browser sent a change with a session's cookie, and without the console's token. */
    public static Problem consoleTokenNeeded() {
        return Problem.of(
                        403,
                        "CONSOLE_TOKEN_NEEDED",
                        "A change with a session's cookie needs the field Tollgate-Token, which the console's pages send: reload"
                                + " the page. A script sends HTTP Basic instead of the cookie.")
                .build();
    }

    /** 429: an administrator watches as many streams as allowed. */
    public static Problem tooManyStreams(int most, long retryAfterSeconds) {
        return Problem.of(
                        429,
                        "TOO_MANY_STREAMS",
                        "This user already watches " + most + " streams of this node. Close one, or try again later.")
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
        return Problem.of(
                        405,
                        "METHOD_NOT_ALLOWED",
                        "This path does not take the method. The field Allow lists those it takes.")
                .build();
    }

    /** 409. */
    public static Problem conflict(String detail) {
        return Problem.of(409, "CONFLICT", detail).build();
    }

    /** 412: a condition of the request, such as {@code If-None-Match}, does not hold. */
    public static Problem preconditionFailed(String detail) {
        return Problem.of(412, "PRECONDITION_FAILED", detail).build();
    }

    /** 413: a body of more bytes than the limit, which becomes the member {@code maxBytes}. */
    public static Problem payloadTooLarge(long maxBytes) {
        return Problem.of(
                        413, "PAYLOAD_TOO_LARGE", "The body is larger than " + maxBytes + " bytes. Send a smaller one.")
                .member("maxBytes", maxBytes)
                .build();
    }

    /** 408: a body that comes too slowly, or not at all. */
    public static Problem tooSlow(long leastBytesPerSecond) {
        return Problem.of(
                        408,
                        "UPLOAD_TOO_SLOW",
                        "The body came slower than " + leastBytesPerSecond
                                + " bytes a second, so nothing was kept. Send" + " it again over a faster connection.")
                .member("minBytesPerSecond", leastBytesPerSecond)
                .build();
    }

    /** 429: the caller has as many uploads under way as allowed. */
    public static Problem tooManyUploads(int most, long retryAfterSeconds) {
        return Problem.of(
                        429,
                        "TOO_MANY_UPLOADS",
                        "This caller has " + most + " uploads under way. Begin another one when one of them has ended.")
                .member("maxUploads", most)
                .retryAfter(retryAfterSeconds)
                .build();
    }

    /** 415. */
    public static Problem unsupportedMediaType(String detail) {
        return Problem.of(415, "UNSUPPORTED_MEDIA_TYPE", detail).build();
    }

    /**
     * 415: the body has a content coding that is not taken here.
     *
     * @param accepted the codings that are, for the field {@code Accept-Encoding} (RFC 7694)
     */
    public static Problem unsupportedCoding(String accepted, String detail) {
        return Problem.of(415, "UNSUPPORTED_CONTENT_CODING", detail)
                .acceptEncoding(accepted)
                .build();
    }

    /** 500: a fault of Tollgate's own. The answer does not say which; the log does. */
    public static Problem internalError() {
        return Problem.of(
                        500,
                        "INTERNAL_ERROR",
                        "The request failed because of a fault in the server. The server's log has the reason.")
                .build();
    }

    /** 503: the database cannot be asked who the key belongs to; the key may well be good. */
    public static Problem directoryUnavailable(long retryAfterSeconds) {
        return unavailable(
                "DIRECTORY_UNAVAILABLE",
                "The API key cannot be checked at the moment. Try again later.",
                retryAfterSeconds);
    }

    /** 503: the gate cannot count, and its failure mode is {@code closed}. */
    public static Problem gateUnavailable(long retryAfterSeconds) {
        return unavailable(
                "GATE_UNAVAILABLE", "Limits cannot be checked at the moment. Try again later.", retryAfterSeconds);
    }

    /** 503: the server of this node is about to stop. */
    public static Problem nodeStopping(long retryAfterSeconds) {
        return unavailable("NODE_STOPPING", "This server is being stopped. Send the request again.", retryAfterSeconds);
    }

    /** 429: a key has sent as many usage events as ids are remembered. */
    public static Problem tooManyEvents(long retryAfterSeconds) {
        return Problem.of(
                        429,
                        "TOO_MANY_EVENTS",
                        "The key has sent as many events as Tollgate remembers ids of in six hours. Nothing was taken. Send the"
                                + " events again after the time in Retry-After.")
                .type(Refusal.QUOTA_EXCEEDED, "Quota Exceeded")
                .retryAfter(retryAfterSeconds)
                .build();
    }

    /** 429: an account's batches of usage would hold more cells this minute than it may post. */
    public static Problem tooManyCells(int cells, int most, long retryAfterSeconds) {
        return Problem.of(
                        429,
                        "TOO_MANY_CELLS",
                        "An account may post " + most
                                + " cells a minute; a cell is a combination of key, day, provider and media"
                                + " type. This batch has " + cells
                                + " and would exceed that, so nothing was taken. Send it"
                                + " again in " + retryAfterSeconds + " s.")
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

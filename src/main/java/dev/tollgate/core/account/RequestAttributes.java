package dev.tollgate.core.account;

/**
 * Names of the request attributes that the gate and the resources behind it exchange. The gate sets what it found before
 * the resource runs. A resource sets what metering needs, and the gate reads it after the response.
 */
public final class RequestAttributes {

    /** The {@link ResolvedKey} that was presented; present on routes that demand one. Set by the gate. */
    public static final String KEY = "dev.tollgate.key";

    /** The {@link dev.tollgate.core.limit.Caller} the limits apply to. Set by the gate. */
    public static final String CALLER = "dev.tollgate.caller";

    /** The {@link dev.tollgate.core.limit.GateRequest} with the request's limits. Set by the gate. */
    public static final String GATE_REQUEST = "dev.tollgate.gate-request";

    /** Under which provider to meter the request, a {@code String} that is a provider's name. */
    public static final String PROVIDER = "tollgate.provider";

    /** How many bytes were stored, a {@code Long}; its presence means that one file was. */
    public static final String FILE_SIZE = "tollgate.file.size";

    /** The stored file's media type, a {@code String}. */
    public static final String FILE_TYPE = "tollgate.file.type";

    /** {@code Boolean.TRUE} if the request failed whatever its response's status says. */
    public static final String FAILED = "tollgate.failed";

    /** What the request cost in all, a {@code Number} of cost units; what exceeds its route policy's cost is charged afterwards. */
    public static final String COST = "tollgate.cost";

    /** Whom the limits apply to, a {@code String}: an account's id, or {@code ip:} and an address. Set by the gate. */
    public static final String CALLER_ID = "tollgate.caller";

    /** The caller's tier, a {@code String}. Set by the gate. */
    public static final String TIER = "tollgate.tier";

    /** The API key's id, a {@code String}; absent without a key. Set by the gate. */
    public static final String KEY_ID = "tollgate.key.id";

    /** The API key's scopes, a {@code String}, separated by spaces; absent without a key. Set by the gate. */
    public static final String KEY_SCOPES = "tollgate.key.scopes";

    /** The request's id, a {@code String} of 32 hexadecimal digits: its trace's, as {@code traceparent} has it. Set by the gate. */
    public static final String REQUEST_ID = "tollgate.request.id";

    /**
     * Whether the administrator who asks is still signed in, a {@link java.util.function.BooleanSupplier}, for answers that go on for
     * long; absent where each request signs in by itself. Set by the filter before administration.
     */
    public static final String SIGNED_IN = "dev.tollgate.signed-in";

    private RequestAttributes() {}
}

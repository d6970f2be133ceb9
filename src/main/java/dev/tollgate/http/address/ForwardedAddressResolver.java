package dev.tollgate.http.address;

import dev.tollgate.config.BadSettingException;
import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import inet.ipaddr.IPAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The resolution of the client behind trusted proxies. Thread-safe; no name is ever resolved.
 *
 * <p>The walk starts at the socket's peer and goes right-to-left through {@code X-Forwarded-For} or {@code Forwarded} (RFC
 * 7239) for as long as the address in hand is a trusted proxy: that proxy wrote the next one. The first address that is not
 * trusted is the client; where all are trusted, the leftmost is. Text to the left of the client was sent by the client and
 * is never looked at, so nothing a client prepends, however long or broken, changes the outcome (fields are read from their
 * right end for that reason, quoted strings included).
 *
 * <p>The client is the peer itself where there is no trusted proxy (the default), where neither field is present, and, then
 * marked {@linkplain Certainty#DOUBTFUL doubtful}, where a trusted proxy's fields cannot be used: the walk meets something that
 * is not an address ({@code unknown}, an obfuscated identifier, control or non-ASCII characters, an element of more than
 * {@value ForwardedHops#MAX_ELEMENT} characters), or more than {@value #MAX_HOPS} trusted hops.
 *
 * <p>Proxies write one of the fields, clients can add the other. Where one of two cannot be used, the other leads to the client.
 * Where they lead to different addresses, the client is {@linkplain Certainty#CONTRADICTED contradicted}: it must not be
 * served as the proxy, or every client could have a second identity. A proxy should drop the field it does not write.
 */
public final class ForwardedAddressResolver {

    /** The most hops walked, and with it the most text read: {@value} elements of each field. */
    public static final int MAX_HOPS = 32;

    /** The network an IPv6 client counts as where nothing else is said: what a household or a server gets. */
    private static final int DEFAULT_IPV6_PREFIX = 64;

    /** The caller of requests whose peer has no address that can be read, e.g. on a Unix socket; they share one. */
    public static final String UNKNOWN = "unknown";

    /**
     * A client.
     *
     * @param address its exact address in canonical text: what an allow-list is asked about; {@link #UNKNOWN} if there is
     *     none
     * @param caller whom limits apply to: the IPv4 address whole, of an IPv6 address its network such as
     *     {@code 2001:db8:1:2::/64}
     * @param certainty how far header fields can be believed to have led here
     */
    public record Client(String address, String caller, Certainty certainty) {

        /** Whether a trusted proxy's fields could not be used as they are: such a request must never pass as allow-listed. */
        public boolean doubtful() {
            return certainty != Certainty.CERTAIN;
        }

        /** Whether two header fields name different clients, and this is the proxy that sent both. */
        public boolean contradicted() {
            return certainty == Certainty.CONTRADICTED;
        }
    }

    /** What a client's address rests on. */
    public enum Certainty {
        /** The socket, or what trusted proxies wrote. */
        CERTAIN,
        /** One of two fields, or the proxy itself, since a field could not be used. */
        DOUBTFUL,
        /** The proxy itself, since both fields name a client, and not the same. */
        CONTRADICTED
    }

    private final CidrSet trusted;
    private final int ipv6Prefix;

    /**
     * With the proxies to trust.
     *
     * @param trustedCidrs their ranges, see {@link CidrSet}; empty to trust nobody
     * @throws IllegalArgumentException naming the first bad range in one line
     */
    public ForwardedAddressResolver(List<String> trustedCidrs) {
        this(new CidrSet(trustedCidrs), DEFAULT_IPV6_PREFIX);
    }

    /**
     * With the proxies to trust, and the network an IPv6 client counts as.
     *
     * @param ipv6Prefix its prefix length, 1 to 128
     */
    public ForwardedAddressResolver(CidrSet trusted, int ipv6Prefix) {
        this.trusted = Objects.requireNonNull(trusted, "trusted");
        this.ipv6Prefix = ipv6Prefix;
    }

    /**
     * As the settings say.
     *
     * @throws BadSettingException if a trusted range is none
     */
    public static ForwardedAddressResolver of(Settings settings) {
        int prefix = settings.get(SettingCatalog.ADDRESS_IPV6_PREFIX);
        return settings.get(
                SettingCatalog.TRUSTED_PROXIES, ranges -> new ForwardedAddressResolver(new CidrSet(ranges), prefix));
    }

    /** Returns whether the socket's other end is a trusted proxy. */
    public boolean trusts(@Nullable String peer) {
        IPAddress address = peer == null || trusted.isEmpty() ? null : IpAddresses.parsePeer(peer);
        return address != null && trusted.contains(address);
    }

    /** Whether any proxy is trusted; if not, a caller may spare itself collecting the header lines. */
    public boolean readsHeaders() {
        return !trusted.isEmpty();
    }

    /**
     * Whom limits apply to: {@link Client#caller()} of {@link #resolve}. Allocates nothing for an IPv4 peer if no proxy is
     * trusted.
     */
    public String addressOf(@Nullable String peer, List<String> xForwardedFor, List<String> forwarded) {
        if (trusted.isEmpty() && peer != null && IpAddresses.isPlainIpv4(peer)) {
            return peer;
        }
        return resolve(peer, xForwardedFor, forwarded).caller();
    }

    /**
     * Finds the client.
     *
     * @param peer the address of the socket's other end, as the container reports it; may be null
     * @param xForwardedFor the lines of that header in the order they came in; empty if absent
     * @param forwarded the lines of that header in the order they came in; empty if absent
     */
    public Client resolve(@Nullable String peer, List<String> xForwardedFor, List<String> forwarded) {
        if (peer == null) {
            return new Client(UNKNOWN, UNKNOWN, Certainty.CERTAIN);
        }
        if (trusted.isEmpty() && IpAddresses.isPlainIpv4(peer)) {
            return new Client(peer, peer, Certainty.CERTAIN);
        }
        IPAddress address = IpAddresses.parsePeer(peer);
        if (address == null) {
            return new Client(UNKNOWN, UNKNOWN, Certainty.CERTAIN);
        }
        if (trusted.isEmpty() || !trusted.contains(address)) {
            return client(address, Certainty.CERTAIN);
        }
        return behind(address, walk(new ForwardedHops(xForwardedFor, false)), walk(new ForwardedHops(forwarded, true)));
    }

    private Client behind(IPAddress proxy, Walk one, Walk other) {
        if (!one.present() && !other.present()) {
            return client(proxy, Certainty.CERTAIN);
        }
        if (!one.present() || !other.present()) {
            IPAddress only = one.present() ? one.client() : other.client();
            return only == null ? client(proxy, Certainty.DOUBTFUL) : client(only, Certainty.CERTAIN);
        }
        if (one.client() == null || other.client() == null) {
            IPAddress usable = one.client() == null ? other.client() : one.client();
            return client(usable == null ? proxy : usable, Certainty.DOUBTFUL);
        }
        return one.client().equals(other.client())
                ? client(one.client(), Certainty.CERTAIN)
                : client(proxy, Certainty.CONTRADICTED);
    }

    /**
     * Where a field leads.
     *
     * @param present whether it names any hop
     * @param client the client; null if the field cannot be used
     */
    private record Walk(boolean present, @Nullable IPAddress client) {}

    private Walk walk(ForwardedHops hops) {
        IPAddress last = null;
        for (int hop = 0; hops.next(); hop++) {
            last = hop < MAX_HOPS ? hops.address() : null;
            if (last == null || !trusted.contains(last)) {
                return new Walk(true, last);
            }
        }
        return new Walk(last != null, last);
    }

    private Client client(IPAddress address, Certainty certainty) {
        return new Client(IpAddresses.canonical(address), IpAddresses.callerOf(address, ipv6Prefix), certainty);
    }
}

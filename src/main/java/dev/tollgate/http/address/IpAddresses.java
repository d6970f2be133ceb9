package dev.tollgate.http.address;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.AddressStringParameters.RangeParameters;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.ipv4.IPv4Address;
import org.jspecify.annotations.Nullable;

/**
 * IP addresses as text. Only full, strict forms are read: four decimal octets without leading zeros, or RFC 4291 IPv6
 * without zone or prefix. Names are never resolved. IPv4 within IPv6 ({@link EmbeddedIpv4#same}) is read as the IPv4 address.
 */
final class IpAddresses {

    private static final int LONGEST_IPV4 = 15;
    private static final int LONGEST_IPV6 = 45;

    /** The library is lenient by default: it takes {@code 1}, {@code 0x7f.1}, {@code 1.2.*} or {@code 1-3.0.0.0}. */
    private static final IPAddressStringParameters STRICT = strict();

    private IpAddresses() {}

    private static IPAddressStringParameters strict() {
        IPAddressStringParameters.Builder builder = new IPAddressStringParameters.Builder()
                .allowEmpty(false)
                .allowAll(false)
                .allowSingleSegment(false)
                .allowPrefix(false)
                .allowMask(false)
                .allowPrefixOnly(false)
                .allowWildcardedSeparator(false)
                .allow_inet_aton(false)
                .setRangeOptions(RangeParameters.NO_RANGE);
        builder.getIPv4AddressParametersBuilder()
                .allowLeadingZeros(false)
                .allowUnlimitedLeadingZeros(false)
                .allowBinary(false);
        builder.getIPv6AddressParametersBuilder()
                .allowLeadingZeros(true)
                .allowUnlimitedLeadingZeros(false)
                .allowBinary(false)
                .allowBase85(false)
                .allowZone(false)
                .allowMixed(true)
                .allow_mixed_inet_aton(false);
        builder.getIPv6AddressParametersBuilder()
                .getEmbeddedIPv4AddressParametersBuilder()
                .allowLeadingZeros(false)
                .allowUnlimitedLeadingZeros(false)
                .allowBinary(false);
        return builder.toParams();
    }

    /** Reads an address of either family, IPv4 within IPv6 as IPv4; null if the text is anything else. */
    static @Nullable IPAddress parse(String text) {
        IPAddress address = parseAsWritten(text);
        return address == null ? null : ipv4Or(address, EmbeddedIpv4.same(address.getBytes()));
    }

    private static IPAddress ipv4Or(IPAddress address, byte @Nullable [] ipv4) {
        return ipv4 == null ? address : new IPv4Address(ipv4);
    }

    /** Reads an address of either family and leaves it in that family; null if the text is anything else. */
    static @Nullable IPAddress parseAsWritten(String text) {
        if (!isPlainIpv4(text) && !mayBeIpv6(text)) {
            return null;
        }
        try {
            return new IPAddressString(text, STRICT).toAddress();
        } catch (AddressStringException e) {
            return null;
        }
    }

    /**
     * Reads the address a socket or the container reports: as {@link #parse}, but a zone ({@code fe80::1%eth0}) is
     * dropped, since it names an interface of this machine and nothing of the client's.
     */
    static @Nullable IPAddress parsePeer(String text) {
        int zone = text.indexOf('%');
        return parse(zone < 0 ? text : text.substring(0, zone));
    }

    /** Whether the text is four decimal octets without leading zeros: then it is canonical as it stands. */
    static boolean isPlainIpv4(String text) {
        int length = text.length();
        if (length > LONGEST_IPV4) {
            return false;
        }
        int octets = 1;
        int digits = 0;
        int value = 0;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c == '.') {
                if (digits == 0 || ++octets > 4) {
                    return false;
                }
                digits = 0;
                value = 0;
            } else if (c >= '0' && c <= '9') {
                value = value * 10 + (c - '0');
                if (value > 255 || (digits > 0 && value < 10)) {
                    return false;
                }
                digits++;
            } else {
                return false;
            }
        }
        return octets == 4 && digits > 0;
    }

    private static boolean mayBeIpv6(String text) {
        if (text.length() < 2 || text.length() > LONGEST_IPV6 || text.indexOf(':') < 0) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean allowed =
                    (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
            if (!allowed) {
                return false;
            }
        }
        return true;
    }

    /** The address in canonical text (RFC 5952 for IPv6). */
    static String canonical(IPAddress address) {
        return address.toCanonicalString();
    }

    /**
     * Whom a limit applies to: an IPv4 address whole, also where it is within an IPv6 address ({@link EmbeddedIpv4#host}); of
     * any other IPv6 address its network, e.g. {@code 2001:db8:1:2::/64}.
     *
     * @param ipv6Prefix the network's prefix length, 1 to 128
     */
    static String callerOf(IPAddress address, int ipv6Prefix) {
        IPAddress counted = ipv4Or(address, EmbeddedIpv4.host(address.getBytes()));
        return counted.isIPv4()
                ? counted.toCanonicalString()
                : counted.toPrefixBlock(ipv6Prefix).toCanonicalString();
    }
}

package dev.tollgate.http.address;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Functions that find IPv4 addresses within IPv6 addresses. Some forms are another spelling of the IPv4 address. Others are
 * networks that belong to one IPv4 host, which could otherwise use thousands of addresses.
 */
public final class EmbeddedIpv4 {

    private static final int LENGTH = 16;
    private static final int IPV4_LENGTH = 4;
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff};
    private static final byte[] NAT64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
    private static final byte[] SIX_TO_FOUR = {0x20, 0x02};
    private static final byte[] TEREDO = {0x20, 0x01, 0, 0};

    private EmbeddedIpv4() {}

    /**
     * Returns the IPv4 address that an IPv6 address is another spelling of: within {@code ::ffff:0:0/96} (mapped) and
     * {@code 64:ff9b::/96} (NAT64).
     *
     * @param ipv6 16 octets in network order
     * @return 4 octets; null if it is an IPv6 address of its own
     */
    public static byte @Nullable [] same(byte[] ipv6) {
        return beginsWith(ipv6, MAPPED) || beginsWith(ipv6, NAT64) ? octets(ipv6, LENGTH - IPV4_LENGTH) : null;
    }

    /**
     * Returns the IPv4 address of the one host that an IPv6 address belongs to: as {@link #same}, and within
     * {@code 2002::/16} (6to4) and {@code 2001::/32} (Teredo). Limits count by it. It proves no identity: trust and
     * allow-lists must not use it.
     *
     * @param ipv6 16 octets in network order
     * @return 4 octets; null if there is none
     */
    public static byte @Nullable [] host(byte[] ipv6) {
        if (beginsWith(ipv6, SIX_TO_FOUR)) {
            return octets(ipv6, SIX_TO_FOUR.length);
        }
        if (beginsWith(ipv6, TEREDO)) {
            byte[] inverted = octets(ipv6, LENGTH - IPV4_LENGTH);
            for (int i = 0; i < inverted.length; i++) {
                inverted[i] = (byte) ~inverted[i];
            }
            return inverted;
        }
        return same(ipv6);
    }

    private static byte[] octets(byte[] ipv6, int from) {
        return Arrays.copyOfRange(ipv6, from, from + IPV4_LENGTH);
    }

    private static boolean beginsWith(byte[] address, byte[] prefix) {
        return address.length == LENGTH && Arrays.equals(address, 0, prefix.length, prefix, 0, prefix.length);
    }
}

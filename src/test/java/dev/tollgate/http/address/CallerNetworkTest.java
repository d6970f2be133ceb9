package dev.tollgate.http.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.config.Settings;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests which address or network a client counts as, once its address is known. */
class CallerNetworkTest {

    private static final ForwardedAddressResolver NO_PROXY = new ForwardedAddressResolver(List.of());

    @ParameterizedTest
    @CsvSource({
        "64:ff9b::c000:204, 192.0.2.4, 192.0.2.4",
        "64:ff9b::192.0.2.4, 192.0.2.4, 192.0.2.4",
        "::ffff:192.0.2.4, 192.0.2.4, 192.0.2.4",
        "2002:c000:204::1, 2002:c000:204::1, 192.0.2.4",
        "2002:c000:204:ffff:1:2:3:4, 2002:c000:204:ffff:1:2:3:4, 192.0.2.4",
        "2001:0:4136:e378:8000:63bf:3fff:fdfb, 2001:0:4136:e378:8000:63bf:3fff:fdfb, 192.0.2.4",
        "2001::5:6:3fff:fdfb, 2001::5:6:3fff:fdfb, 192.0.2.4",
        "2001:1::1, 2001:1::1, 2001:1::/64",
        "64:ff9b:1::c000:204, 64:ff9b:1::c000:204, 64:ff9b:1::/64",
        "2003:c000:204::1, 2003:c000:204::1, 2003:c000:204::/64"
    })
    void addressesThatHoldAnIpv4AddressCountAsItAndAreTrustedAsThemselves(String peer, String address, String caller) {
        ForwardedAddressResolver.Client client = NO_PROXY.resolve(peer, List.of(), List.of());
        assertThat(client.address()).isEqualTo(address);
        assertThat(client.caller()).isEqualTo(caller);
    }

    @Property
    void allOfAHostsSixToFourAndTeredoAddressesAreOneCaller(
            @ForAll @Size(4) List<@IntRange(max = 0xff) Integer> octets,
            @ForAll @Size(5) List<@IntRange(max = 0xffff) Integer> own) {
        String ipv4 = String.join(".", octets.stream().map(String::valueOf).toList());
        int high = octets.get(0) << 8 | octets.get(1);
        int low = octets.get(2) << 8 | octets.get(3);
        String rest = String.join(":", own.stream().map(Integer::toHexString).toList());
        String sixToFour = "2002:%x:%x:%s".formatted(high, low, rest);
        String teredo =
                "2001:0:%s:%x:%x".formatted(rest.substring(0, rest.lastIndexOf(':')), high ^ 0xffff, low ^ 0xffff);
        assertThat(NO_PROXY.addressOf(sixToFour, List.of(), List.of())).isEqualTo(ipv4);
        assertThat(NO_PROXY.addressOf(teredo, List.of(), List.of())).isEqualTo(ipv4);
    }

    @Test
    void theNetworkThatAnIpv6ClientCountsAsIsASetting() {
        ForwardedAddressResolver wide =
                ForwardedAddressResolver.of(Settings.of(Map.of("tollgate.address.ipv6-prefix", "48")));
        assertThat(wide.addressOf("2001:db8:1:2::7", List.of(), List.of())).isEqualTo("2001:db8:1::/48");
        ForwardedAddressResolver each =
                ForwardedAddressResolver.of(Settings.of(Map.of("tollgate.address.ipv6-prefix", "128")));
        assertThat(each.addressOf("2001:db8:1:2::7", List.of(), List.of())).isEqualTo("2001:db8:1:2::7/128");
        assertThatThrownBy(() -> ForwardedAddressResolver.of(Settings.of(Map.of("tollgate.address.ipv6-prefix", "0"))))
                .hasMessageContaining("tollgate.address.ipv6-prefix");
    }

    @Test
    void ipv6PeerLimitsItsWholeSlash64AndKeepsItsExactAddressForAllowLists() {
        assertThat(NO_PROXY.resolve("2001:db8:1:2:0:0:0:7", List.of(), List.of()))
                .isEqualTo(new ForwardedAddressResolver.Client(
                        "2001:db8:1:2::7", "2001:db8:1:2::/64", ForwardedAddressResolver.Certainty.CERTAIN));
        assertThat(NO_PROXY.addressOf("0:0:0:0:0:0:0:1", List.of(), List.of())).isEqualTo("::/64");
        assertThat(NO_PROXY.addressOf("fe80:0:0:0:1:2:3:4%eth0", List.of(), List.of()))
                .isEqualTo("fe80::/64");
    }

    @Property
    void callerOfAnIpv6AddressIsItsCanonicalSlash64(@ForAll @Size(8) List<@IntRange(max = 0xffff) Integer> groups) {
        // Else it may hold an IPv4 address.
        Assume.that(!List.of(0, 0x64, 0x2001, 0x2002).contains(groups.get(0)));
        List<String> text = groups.stream().map(Integer::toHexString).toList();
        String caller = NO_PROXY.addressOf(String.join(":", text), List.of(), List.of());
        String network = String.join(":", text.subList(0, 4));
        assertThat(caller).endsWith("::/64").isEqualTo(caller.toLowerCase());
        assertThat(NO_PROXY.addressOf(network + ":1:2:3:4", List.of(), List.of()))
                .isEqualTo(caller);
        assertThat(NO_PROXY.addressOf(network.toUpperCase() + "::", List.of(), List.of()))
                .isEqualTo(caller);
    }

    @Property
    void plainIpv4IsRecognisedExactly(@ForAll @Size(4) List<@IntRange(max = 300) Integer> octets) {
        String text = octets.get(0) + "." + octets.get(1) + "." + octets.get(2) + "." + octets.get(3);
        boolean valid = octets.stream().allMatch(octet -> octet <= 255);
        assertThat(IpAddresses.isPlainIpv4(text)).isEqualTo(valid);
        assertThat(IpAddresses.parse(text) != null).isEqualTo(valid);
    }
}

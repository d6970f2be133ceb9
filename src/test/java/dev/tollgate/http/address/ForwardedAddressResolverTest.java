package dev.tollgate.http.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.limit.Caller;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests whose address is the client's, by what trusted proxies wrote and clients forged. */
class ForwardedAddressResolverTest {

    private static final String PROXY = "10.0.0.1";
    private static final ForwardedAddressResolver NO_PROXY = new ForwardedAddressResolver(List.of());
    private static final ForwardedAddressResolver PROXIES =
            new ForwardedAddressResolver(List.of("10.0.0.0/8", "2001:db8:ffff::/48"));

    private static ForwardedAddressResolver.Client xff(String... lines) {
        return PROXIES.resolve(PROXY, List.of(lines), List.of());
    }

    private static ForwardedAddressResolver.Client forwarded(String... lines) {
        return PROXIES.resolve(PROXY, List.of(), List.of(lines));
    }

    private static void assertDoubtful(ForwardedAddressResolver.Client client) {
        assertThat(client)
                .isEqualTo(
                        new ForwardedAddressResolver.Client(PROXY, PROXY, ForwardedAddressResolver.Certainty.DOUBTFUL));
    }

    @Test
    void withoutTrustedProxiesTheClientIsThePeerWhateverTheHeadersSay() {
        assertThat(NO_PROXY.addressOf("192.0.2.1", List.of("203.0.113.9"), List.of("for=203.0.113.8")))
                .isEqualTo("192.0.2.1");
        assertThat(NO_PROXY.resolve("192.0.2.1", List.of("203.0.113.9"), List.of())
                        .doubtful())
                .isFalse();
        assertThat(NO_PROXY.readsHeaders()).isFalse();
    }

    @Test
    void untrustedPeerCannotSpeakForOthers() {
        assertThat(PROXIES.addressOf("192.0.2.1", List.of("203.0.113.9"), List.of("for=203.0.113.9")))
                .isEqualTo("192.0.2.1");
    }

    @Test
    void plainIpv4PeerIsReturnedAsItIs() {
        String peer = new String("192.0.2.1");
        assertThat(NO_PROXY.addressOf(peer, List.of(), List.of())).isSameAs(peer);
    }

    @Test
    void firstUntrustedHopFromTheRightIsTheClient() {
        assertThat(xff("1.1.1.1, 203.0.113.9, 10.2.3.4, 10.9.9.9").caller()).isEqualTo("203.0.113.9");
        assertThat(forwarded("for=1.1.1.1, for=203.0.113.9, for=10.2.3.4").caller())
                .isEqualTo("203.0.113.9");
    }

    @Test
    void severalHeaderLinesAreOneListInTheirOrder() {
        assertThat(xff("1.1.1.1", "203.0.113.9, 10.1.1.1", "10.2.2.2").caller()).isEqualTo("203.0.113.9");
        assertThat(forwarded("for=1.1.1.1", "for=203.0.113.9;proto=http", "for=10.2.2.2")
                        .caller())
                .isEqualTo("203.0.113.9");
    }

    @Test
    void whereEveryHopIsTrustedTheLeftmostIsTheClient() {
        assertThat(xff("10.5.5.5, 10.2.2.2").caller()).isEqualTo("10.5.5.5");
    }

    @Test
    void absentOrEmptyHeadersLeaveTheProxyItselfAsTheClient() {
        assertThat(xff())
                .isEqualTo(
                        new ForwardedAddressResolver.Client(PROXY, PROXY, ForwardedAddressResolver.Certainty.CERTAIN));
        assertThat(xff("", " ,, \t"))
                .isEqualTo(
                        new ForwardedAddressResolver.Client(PROXY, PROXY, ForwardedAddressResolver.Certainty.CERTAIN));
    }

    @Test
    void emptyListElementsAreSkipped() {
        assertThat(xff("203.0.113.9,, ,").caller()).isEqualTo("203.0.113.9");
        assertDoubtful(xff("203.0.113.9" + ",".repeat(ForwardedHops.MAX_EMPTY + 2)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "203.0.113.9:4711|203.0.113.9",
                "2001:db8:1:2:3:4:5:6|2001:db8:1:2::/64",
                "[2001:db8:1:2::7]|2001:db8:1:2::/64",
                "[2001:DB8:1:2::7]:4711|2001:db8:1:2::/64",
                "::ffff:203.0.113.9|203.0.113.9",
                "[::ffff:cb00:7109]:80|203.0.113.9",
            })
    void xForwardedForTakesAddressesWithAndWithoutPorts(String value, String caller) {
        assertThat(xff(value)).extracting(c -> c.caller(), c -> c.doubtful()).containsExactly(caller, false);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "for=\"[2001:db8::1]:4711\"|2001:db8::/64",
                "For=\"[2001:db8:cafe::17]\"|2001:db8:cafe::/64",
                "by=10.0.0.1;FOR=203.0.113.9;proto=https;host=\"a,b;c\"|203.0.113.9",
                "for=203.0.113.9 ; proto=https|203.0.113.9",
                "for=\"203.0.113.9:80\"|203.0.113.9",
                "for=203.0.113.9:80|203.0.113.9",
                "for=\"203.0.113.9:_port\"|203.0.113.9",
                "for=\"\\2\\0\\3.0.113.9\"|203.0.113.9",
                "host=\"say \\\"for=1.1.1.1, for=2.2.2.2\\\" \\\\\";for=203.0.113.9|203.0.113.9",
                ";;for=203.0.113.9;;|203.0.113.9",
                "for=\"[::ffff:203.0.113.9]\"|203.0.113.9",
            })
    void forwardedTakesWhatRfc7239Allows(String value, String caller) {
        assertThat(forwarded(value))
                .extracting(c -> c.caller(), c -> c.doubtful())
                .containsExactly(caller, false);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unknown",
                "_hidden",
                "1",
                "1.2",
                "1.2.3",
                "0x7f.1",
                "0177.0.0.1",
                "127.0.0.01",
                "256.1.1.1",
                "1.2.3.4.5",
                "*",
                "1.2.3.*",
                "1-3.2.3.4",
                "1.2.3.4/24",
                "localhost",
                "example.com",
                "::1%eth0",
                "1.2.3.4:",
                ":80",
                "1.2.3.4:port",
                "1.2.3.4:123456",
                "[::1",
                "::1]",
                "[]",
                "[1.2.3.4]",
                "[::1]x",
                "[::1]:",
                "2001:db8::1::2",
                "12345::1",
                "1:2:3:4:5:6:7",
                "203.0.113.9 10.0.0.1",
                "203.0.113.9\u0000",
                "203.0.113.９",
                "\u0007",
                "\"1.2.3.4\"",
                "::1.2.3",
                "::0x7f.0.0.1",
                ":::",
                ".",
                "...",
                "1..2.3",
                "1.2.3.4:_port",
                "=r54kmWBz/7fM!gkr=a0D&"
            })
    void whatIsNoAddressFallsBackToThePeer(String garbage) {
        assertDoubtful(xff("203.0.113.9, " + garbage));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for=unknown",
                "for=_hidden",
                "for=\"_hidden:80\"",
                "for=",
                "for=\"\"",
                "for",
                "=203.0.113.9",
                "203.0.113.9",
                "proto=https",
                "for=203.0.113.9;for=203.0.113.9",
                "for =203.0.113.9",
                "for= 203.0.113.9",
                "for=\"203.0.113.9",
                "for=203.0.113.9\"",
                "for=\"203.0.113.9\"x",
                "for=\"203.0.113.9\\\"",
                "for=2001:db8::1",
                "for=\"2001:db8::1\"",
                "for=203.0.113.9 proto=https",
                "for=\"203.0.113.\u00009\"",
                "for=\"203.0.113.９\"",
                "for=203.0.113.9:_",
                "for=\"[::1]:_b ad\"",
                "f\u00f6r=203.0.113.9",
                "for=203.0.113.9;h\u0000st=x"
            })
    void unusableForwardedElementsFallBackToThePeer(String garbage) {
        assertDoubtful(forwarded("for=203.0.113.9, " + garbage));
    }

    @Test
    void headersOf64KilobytesFallBackToThePeerUnlessTheProxyAppendedTheClient() {
        String large = "a".repeat(65_536);
        assertDoubtful(xff(large));
        assertDoubtful(forwarded("for=" + large));
        assertDoubtful(forwarded("for=\"" + large + "\""));
        assertDoubtful(xff(" ".repeat(65_536) + "203.0.113.9" + " ".repeat(65_536)));
        assertThat(xff(large + ", 203.0.113.9").caller()).isEqualTo("203.0.113.9");
        assertThat(forwarded("for=\"" + large + ", for=203.0.113.9").caller()).isEqualTo("203.0.113.9");
    }

    @Test
    void walkEndsAfterABoundedNumberOfTrustedHops() {
        List<String> hops = new ArrayList<>(Collections.nCopies(ForwardedAddressResolver.MAX_HOPS - 1, "10.1.1.1"));
        assertThat(xff("203.0.113.9," + String.join(",", hops)).caller()).isEqualTo("203.0.113.9");
        hops.add("10.1.1.1");
        assertDoubtful(xff("203.0.113.9," + String.join(",", hops)));
        assertDoubtful(xff("10.1.1.1,".repeat(100_000)));
    }

    @Test
    void bothHeadersCountOnlyWhereTheyAgree() {
        assertThat(PROXIES.resolve(PROXY, List.of("203.0.113.9"), List.of("for=203.0.113.9")))
                .isEqualTo(new ForwardedAddressResolver.Client(
                        "203.0.113.9", "203.0.113.9", ForwardedAddressResolver.Certainty.CERTAIN));
        assertThat(PROXIES.addressOf(PROXY, List.of("[2001:db8::1]:80"), List.of("for=\"[2001:db8:0::1]\"")))
                .isEqualTo("2001:db8::/64");
        assertThat(PROXIES.resolve(PROXY, List.of("203.0.113.9"), List.of("for=203.0.113.8")))
                .isEqualTo(new ForwardedAddressResolver.Client(
                        PROXY, PROXY, ForwardedAddressResolver.Certainty.CONTRADICTED));
        assertDoubtful(PROXIES.resolve(PROXY, List.of("junk"), List.of("for=unknown")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for=unknown",
                "for=_hidden",
                "for=",
                "for",
                "=",
                "proto=https",
                "for=\"",
                "for=1.2",
                "for=203.0.113.300",
                "\u00e4",
                "for=203.0.113.9;for=203.0.113.8",
                "for=\"[::1\""
            })
    void aFieldThatCannotBeUsedMakesNobodyTheProxy(String garbage) {
        assertThat(PROXIES.resolve(PROXY, List.of("203.0.113.9"), List.of(garbage)))
                .isEqualTo(new ForwardedAddressResolver.Client(
                        "203.0.113.9", "203.0.113.9", ForwardedAddressResolver.Certainty.DOUBTFUL));
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "1.2.3", "\u00e4", "a.example", "203.0.113.8, unknown"})
    void norDoesAnXForwardedForBesideAForwardedThatCan(String garbage) {
        assertThat(PROXIES.resolve(PROXY, List.of(garbage), List.of("for=203.0.113.9"))
                        .caller())
                .isEqualTo("203.0.113.9");
    }

    @Test
    void ipv4MappedPeerIsTheIpv4Proxy() {
        assertThat(PROXIES.addressOf("::ffff:10.0.0.1", List.of("203.0.113.9"), List.of()))
                .isEqualTo("203.0.113.9");
        assertThat(NO_PROXY.addressOf("0:0:0:0:0:ffff:c000:0201", List.of(), List.of()))
                .isEqualTo("192.0.2.1");
    }

    @Test
    void peersWithoutAnAddressShareOneCaller() {
        for (String peer : new String[] {null, "", "localhost", "unix:/run/x", "1.2.3.4:80", "%", "é"}) {
            assertThat(NO_PROXY.addressOf(peer, List.of("203.0.113.9"), List.of()))
                    .isEqualTo(ForwardedAddressResolver.UNKNOWN);
            assertThat(PROXIES.addressOf(peer, List.of("203.0.113.9"), List.of()))
                    .isEqualTo(ForwardedAddressResolver.UNKNOWN);
        }
    }

    @Test
    void badTrustedRangeStopsConstructionWithOneLineThatNamesIt() {
        assertThatThrownBy(() -> new ForwardedAddressResolver(List.of("10.0.0.0/8", "10.0.0.0/33")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'10.0.0.0/33' is not an address range")
                .hasMessageNotContaining("\n");
    }

    @Property
    void nothingAClientPrependsChangesWhatTheProxyWrote(@ForAll @Size(max = 3) List<String> junk, @ForAll String more) {
        List<String> plain = new ArrayList<>(junk);
        plain.add(more + ",203.0.113.9, 10.1.1.1");
        assertThat(PROXIES.addressOf(PROXY, plain, List.of())).isEqualTo("203.0.113.9");

        List<String> elements = new ArrayList<>(junk);
        elements.add(more + ", for=\"203.0.113.9:80\";host=\"a\\\"b,c\" , For=10.1.1.1");
        assertThat(PROXIES.addressOf(PROXY, List.of(), elements)).isEqualTo("203.0.113.9");
    }

    @Property
    void anyHeaderYieldsACallerThatCanBecomeARedisKey(
            @ForAll @Size(max = 3) List<String> xff,
            @ForAll @Size(max = 3) List<String> forwarded,
            @ForAll String peer) {
        assertThat(Caller.address(PROXIES.addressOf(PROXY, xff, forwarded)).isAccount())
                .isFalse();
        assertThat(Caller.address(PROXIES.addressOf(peer, xff, forwarded)).isAccount())
                .isFalse();
    }
}

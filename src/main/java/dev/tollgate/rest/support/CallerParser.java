package dev.tollgate.rest.support;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.account.Account;
import dev.tollgate.core.account.Accounts;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.EmbeddedIpv4;
import inet.ipaddr.AddressStringException;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.ipv4.IPv4Address;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Callers as administrators write them: an account's id, or {@code ip:} and an address. An address becomes the caller it
 * belongs to: IPv4 whole, also within IPv6 ({@link EmbeddedIpv4#host}), and any other IPv6 as its network. Thread-safe.
 */
public final class CallerParser {

    private static final String IP = "ip:";
    // Full forms only: the library would take 1, 0x7f.1 or 1.2.* too.
    private static final Pattern FULL = Pattern.compile(
            "[0-9]{1,3}([.][0-9]{1,3}){3}|(?=.*:)[0-9a-fA-F:]{2,39}([0-9]{1,3}([.][0-9]{1,3}){3})?(/[0-9]{1,3})?");

    private final Accounts accounts;
    private final int ipv6Prefix;

    /** With the accounts there are, and the settings that say how addresses count. */
    public CallerParser(Accounts accounts, Settings settings) {
        this.accounts = accounts;
        this.ipv6Prefix = settings.get(SettingCatalog.ADDRESS_IPV6_PREFIX);
    }

    /** The caller; refuses, naming the parameter, what is neither an account there is nor an address. */
    public Caller parse(String name, String text) {
        if (text.startsWith(IP)) {
            return address(text.substring(IP.length()))
                    .map(Caller::address)
                    .orElseThrow(() -> TextValidation.bad(name, "must hold an IPv4 or IPv6 address after ip:"));
        }
        return accounts.find(text)
                .map(Account::id)
                .map(Caller::account)
                .orElseThrow(() -> TextValidation.bad(name, "must be an account's id, or ip: and an address"));
    }

    /** The caller an address belongs to, with or without {@code ip:} before it; empty if the text is none. */
    public Optional<Caller> anyAddress(String text) {
        return address(text.startsWith(IP) ? text.substring(IP.length()) : text).map(Caller::address);
    }

    private Optional<String> address(String text) {
        if (!FULL.matcher(text).matches()) {
            return Optional.empty();
        }
        int slash = text.indexOf('/');
        if (slash >= 0 && !text.substring(slash + 1).equals(Integer.toString(ipv6Prefix))) {
            return Optional.empty();
        }
        try {
            IPAddress address = new IPAddressString(slash < 0 ? text : text.substring(0, slash)).toAddress();
            byte[] ipv4 = EmbeddedIpv4.host(address.getBytes());
            if (ipv4 != null) {
                address = new IPv4Address(ipv4);
            }
            return Optional.of(
                    address.isIPv4()
                            ? address.toCanonicalString()
                            : address.toPrefixBlock(ipv6Prefix).toCanonicalString());
        } catch (AddressStringException e) {
            return Optional.empty();
        }
    }
}

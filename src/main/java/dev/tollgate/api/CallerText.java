package dev.tollgate.api;

import dev.tollgate.account.Account;
import dev.tollgate.account.Accounts;
import dev.tollgate.limit.Caller;
import inet.ipaddr.AddressStringException;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Callers as administrators write them: an account's id, or {@code ip:} and an address. An address becomes the caller it
 * belongs to: IPv4 whole, also where it is mapped into IPv6, and IPv6 as its /64.
 */
final class CallerText {

    private static final String IP = "ip:";
    // Full forms only: the library would take 1, 0x7f.1 or 1.2.* too.
    private static final Pattern FULL = Pattern.compile(
            "[0-9]{1,3}([.][0-9]{1,3}){3}|(?=.*:)[0-9a-fA-F:]{2,39}([0-9]{1,3}([.][0-9]{1,3}){3})?(/64)?");

    private CallerText() {}

    /** The caller; refuses, naming the parameter, what is neither an account there is nor an address. */
    static Caller parse(String name, String text, Accounts accounts) {
        if (text.startsWith(IP)) {
            return address(text.substring(IP.length()))
                    .map(Caller::address)
                    .orElseThrow(() -> Texts.bad(name, "must hold an IPv4 or IPv6 address after ip:"));
        }
        return accounts.find(text)
                .map(Account::id)
                .map(Caller::account)
                .orElseThrow(() -> Texts.bad(name, "must be an account's id, or ip: and an address"));
    }

    /** The caller an address belongs to, with or without {@code ip:} before it; empty if the text is none. */
    static Optional<Caller> anyAddress(String text) {
        return address(text.startsWith(IP) ? text.substring(IP.length()) : text).map(Caller::address);
    }

    private static Optional<String> address(String text) {
        if (!FULL.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            String bare = text.endsWith("/64") ? text.substring(0, text.length() - 3) : text;
            IPAddress address = new IPAddressString(bare).toAddress();
            if (address.isIPv6() && address.toIPv6().isIPv4Mapped()) {
                address = address.toIPv6().getEmbeddedIPv4Address();
            }
            return Optional.of(
                    address.isIPv4()
                            ? address.toCanonicalString()
                            : address.toPrefixBlock(64).toCanonicalString());
        } catch (AddressStringException e) {
            return Optional.empty();
        }
    }
}

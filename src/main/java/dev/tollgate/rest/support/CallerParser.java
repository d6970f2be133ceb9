package dev.tollgate.rest.support;

import dev.tollgate.core.account.Account;
import dev.tollgate.core.account.Accounts;
import dev.tollgate.core.account.AddressParser;
import dev.tollgate.core.limit.Caller;
import java.util.Optional;

/**
 * A parser of callers as administrators write them: an account's id, or {@code ip:} and an address. An address becomes the
 * caller that limits count it as. Thread-safe.
 */
public final class CallerParser {

    private static final String IP = "ip:";

    private final Accounts accounts;
    private final AddressParser addresses;

    /** Makes a parser that knows these accounts, and reads addresses so. */
    public CallerParser(Accounts accounts, AddressParser addresses) {
        this.accounts = accounts;
        this.addresses = addresses;
    }

    /**
     * Reads a caller.
     *
     * @param name the parameter's name, for the problem
     * @throws ProblemException a 400 if the text is neither the id of an account nor {@code ip:} and an address
     */
    public Caller parse(String name, String text) {
        if (text.startsWith(IP)) {
            return addresses
                    .parse(text.substring(IP.length()))
                    .orElseThrow(() -> TextValidation.bad(name, "must hold an IPv4 or IPv6 address after ip:"));
        }
        return accounts.find(text)
                .map(Account::id)
                .map(Caller::account)
                .orElseThrow(() -> TextValidation.bad(name, "must be an account's id, or ip: and an address"));
    }

    /** Reads an address with or without {@code ip:} before it; empty if the text is none. */
    public Optional<Caller> anyAddress(String text) {
        return addresses.parse(text.startsWith(IP) ? text.substring(IP.length()) : text);
    }
}

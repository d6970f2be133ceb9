package dev.tollgate.core.account;

import dev.tollgate.core.limit.Caller;
import java.util.List;
import java.util.Optional;

/** A parser of client addresses and networks as administrators write them. Implementations are thread-safe. */
public interface AddressParser {

    /**
     * Reads an address.
     *
     * @param text an IPv4 or IPv6 address, or an IPv6 network as {@link Caller#id} holds it after {@code ip:}
     * @return the caller that limits count the address as; empty if the text is neither
     */
    Optional<Caller> parse(String text);

    /**
     * Checks networks.
     *
     * @param texts addresses, or networks in CIDR form such as {@code 10.0.0.0/8}
     * @throws IllegalArgumentException naming the first that is neither, or has bits set beyond its prefix length, in one line
     */
    void checkNetworks(List<String> texts);
}

package dev.tollgate.http.admin;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The host names under which administration is served. A browser gives each host name an origin of its own, so that pages of other
 * applications, served under other names, cannot act in an administrator's name. It keeps no client out that writes the
 * {@code Host} field itself. Immutable.
 */
public final class AdminHosts {

    private final Set<String> hosts;

    /**
     * @param hosts names without a port; none for any host
     */
    public AdminHosts(List<String> hosts) {
        this.hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether a request was sent to one of them, whatever the port. */
    boolean contain(HttpServletRequest request) {
        if (hosts.isEmpty()) {
            return true;
        }
        String host = request.getHeader("Host");
        return hosts.contains(name(host == null ? String.valueOf(request.getServerName()) : host));
    }

    private static String name(String host) {
        String name = host.strip().toLowerCase(Locale.ROOT);
        int colon = name.lastIndexOf(':');
        if (colon > name.lastIndexOf(']')) {
            name = name.substring(0, colon);
        }
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}

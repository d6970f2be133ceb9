package dev.tollgate.core.access;

import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.problem.Problems;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A role of the application server that opens administration: the console and the resources below {@code /api/v1/admin}. This is
 * the one place that says which requests a role permits. Immutable.
 */
public enum AdminRole {

    /** Sees everything and changes everything. */
    ADMINISTRATOR("tollgate-admin"),

    /** Sees everything and changes nothing. */
    VIEWER("tollgate-viewer");

    /** The methods that change nothing. No resource of administration changes anything on one of them. */
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    private final String label;

    AdminRole(String label) {
        this.label = label;
    }

    /** The server's name of the role. */
    public String label() {
        return label;
    }

    /**
     * Whether the role permits a request.
     *
     * @param method as the request has it; methods have case (RFC 9110), so {@code get} is not {@code GET}
     */
    public boolean permits(String method) {
        return this == ADMINISTRATOR || onlyReads(method);
    }

    /** Whether requests by this method change nothing. A method that is not known may change something. */
    public static boolean onlyReads(String method) {
        return READING.contains(method);
    }

    /** The server's names of all roles, the one that permits most first. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(AdminRole::label).toList();
    }

    /**
     * Returns the role of a user; of several the one that permits most. Empty if the user has none.
     *
     * @param has whether the user has a role of the server, by its name
     */
    public static Optional<AdminRole> of(Predicate<String> has) {
        return Arrays.stream(values()).filter(role -> has.test(role.label)).findFirst();
    }

    /**
     * Returns the problem that refuses a request. Empty if the user may send it.
     *
     * @param has whether the user has a role of the server, by its name
     * @param method as the request has it
     */
    public static Optional<Problem> refusal(Predicate<String> has, String method) {
        Optional<AdminRole> role = of(has);
        if (role.isEmpty()) {
            return Optional.of(lacking(labels()));
        }
        return role.get().permits(method)
                ? Optional.empty()
                : Optional.of(Problems.forbidden("The role " + role.get().label
                        + " may look at everything and change nothing. To change something, sign in as a user with the"
                        + " role " + ADMINISTRATOR.label + "."));
    }

    /** The problem of a user who has none of these roles. */
    public static Problem lacking(List<String> labels) {
        return Problems.forbidden("This user does not have the role " + String.join(" or ", labels)
                + ". Sign in as another one, or ask for the role.");
    }
}

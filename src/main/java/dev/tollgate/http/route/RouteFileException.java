package dev.tollgate.http.route;

import java.util.List;

/**
 * The failure for a file of route policies. The message is one line: the first problem, and how many more there are.
 * {@link #problems} has all of them.
 */
public final class RouteFileException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    /**
     * @param problems one line each, with the file and the place; at least one
     */
    RouteFileException(List<String> problems) {
        super(problems.get(0) + (problems.size() == 1 ? "" : " (problems in this file: " + problems.size() + ")"));
        this.problems = List.copyOf(problems);
    }

    /** Returns each problem as one line, in the order of the file; at least one. */
    public List<String> problems() {
        return problems;
    }
}

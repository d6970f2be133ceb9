package dev.tollgate.rest.support;

import dev.tollgate.core.problem.Problem;

/**
 * An exception that ends a request with a problem document. It has no stack trace, since it is an answer and not a fault.
 */
public final class ProblemException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    /** Makes an instance with what to answer. */
    public ProblemException(Problem problem) {
        super(problem.code(), null, false, false);
        this.problem = problem;
    }

    /** Returns what to answer. */
    public Problem problem() {
        return problem;
    }
}

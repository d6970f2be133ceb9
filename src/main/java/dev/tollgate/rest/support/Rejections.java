package dev.tollgate.rest.support;

import dev.tollgate.core.problem.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The elements of a request's list that are bad, and why: all are counted, and the first 100 are told. Not thread-safe. */
public final class Rejections {

    private static final int MAX_ERRORS = 100;

    private final int size;
    private final List<Object> errors = new ArrayList<>();
    private int count;

    /**
     * Makes it without any.
     *
     * @param size how many elements the list has
     */
    public Rejections(int size) {
        this.size = size;
    }

    /**
     * Adds an element.
     *
     * @param index its index, from 0
     * @param member the member that is bad; null if it is the element
     * @param reason what is bad, and how it should be
     */
    public void add(int index, @Nullable Object member, String reason) {
        count++;
        if (errors.size() < MAX_ERRORS) {
            Map<String, @Nullable Object> error = new LinkedHashMap<>();
            error.put("index", index);
            error.put("member", member);
            error.put("reason", reason);
            errors.add(error);
        }
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return count == 0;
    }

    /**
     * Returns the refusal of the list.
     *
     * @param status the HTTP status code
     * @param code the code for programs
     * @param detail how the sentence ends that begins "3 of 7"
     */
    public ProblemException refusal(int status, String code, String detail) {
        return new ProblemException(Problem.of(status, code, count + " of " + size + detail)
                .member("rejected", count)
                .member("errors", errors)
                .build());
    }
}

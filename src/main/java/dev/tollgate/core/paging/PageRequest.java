package dev.tollgate.core.paging;

import org.jspecify.annotations.Nullable;

/**
 * A request for one page of a list.
 *
 * @param page the page, 1 being the first; at most {@value #MAX_PAGE}
 * @param size how many items a page holds, 1 to {@value #MAX_SIZE}
 * @param q what an item must hold somewhere in its text, whatever the case; empty for anything
 * @param sort the order; null for the list's own
 */
public record PageRequest(
        int page, int size, String q, @Nullable Sort sort) {

    /**
     * The order of a list.
     *
     * @param column a column that the list has
     * @param descending whether the greatest comes first
     */
    public record Sort(String column, boolean descending) {}

    /** The last page that can be asked for: what lies beyond is found by filters. */
    public static final int MAX_PAGE = 100_000;

    /** The largest page. */
    public static final int MAX_SIZE = 200;

    /** How many items a page holds unless asked otherwise. */
    public static final int DEFAULT_SIZE = 50;

    /** The longest text to search. */
    public static final int MAX_Q = 200;

    /**
     * @throws IllegalArgumentException if page, size or text are out of bounds
     */
    public PageRequest {
        if (page < 1 || page > MAX_PAGE || size < 1 || size > MAX_SIZE || q.length() > MAX_Q) {
            throw new IllegalArgumentException("page, size or q out of bounds");
        }
    }

    /** A page in the list's own order. */
    public PageRequest(int page, int size, String q) {
        this(page, size, q, null);
    }

    /** Returns the first page, of the default size, of everything. */
    public static PageRequest first() {
        return new PageRequest(1, DEFAULT_SIZE, "");
    }

    /** Returns how many items come before the page. */
    public int offset() {
        return (page - 1) * size;
    }
}

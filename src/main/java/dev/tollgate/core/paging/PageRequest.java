package dev.tollgate.core.paging;

/**
 * A request for one page of a list.
 *
 * @param page the page, 1 being the first; at most {@value #MAX_PAGE}
 * @param size how many items a page holds, 1 to {@value #MAX_SIZE}
 * @param q what an item must hold somewhere in its text, whatever the case; empty for anything
 */
public record PageRequest(int page, int size, String q) {

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

    /** Returns the first page, of the default size, of everything. */
    public static PageRequest first() {
        return new PageRequest(1, DEFAULT_SIZE, "");
    }

    /** Returns how many items come before the page. */
    public int offset() {
        return (page - 1) * size;
    }
}

package dev.tollgate.core.paging;

import java.util.List;
import java.util.function.Function;

/**
 * One page of a list.
 *
 * @param items what is on this page, at most {@code size}
 * @param page the page, 1 being the first
 * @param size how many items a page holds
 * @param total how many items all pages hold together
 * @param <T> the type of an item
 */
public record Page<T>(List<T> items, int page, int size, long total) {

    public Page {
        items = List.copyOf(items);
    }

    /** Returns the page that answers a request. */
    public static <T> Page<T> of(PageRequest request, List<T> items, long total) {
        return new Page<>(items, request.page(), request.size(), total);
    }

    /** Returns the same page with each item turned into another. */
    public <U> Page<U> map(Function<? super T, ? extends U> turn) {
        return new Page<>(items.stream().<U>map(turn).toList(), page, size, total);
    }
}

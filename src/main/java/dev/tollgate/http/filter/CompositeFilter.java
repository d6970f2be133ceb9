package dev.tollgate.http.filter;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.util.List;

/**
 * Filters that run one after the other, as one filter. Registered one by one before the descriptor's, they would run in the order
 * of registration on WildFly and in the opposite one on Payara. Thread-safe if they are.
 */
public final class CompositeFilter implements Filter {

    private final List<Filter> filters;

    /**
     * @param filters the first sees a request first
     */
    public CompositeFilter(List<Filter> filters) {
        this.filters = List.copyOf(filters);
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        new Position(0, chain).doFilter(request, response);
    }

    private final class Position implements FilterChain {

        private final int next;
        private final FilterChain behind;

        Position(int next, FilterChain behind) {
            this.next = next;
            this.behind = behind;
        }

        @Override
        public void doFilter(ServletRequest request, ServletResponse response) throws IOException, ServletException {
            if (next == filters.size()) {
                behind.doFilter(request, response);
            } else {
                filters.get(next).doFilter(request, response, new Position(next + 1, behind));
            }
        }
    }
}

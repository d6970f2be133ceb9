package dev.tollgate.guard;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** What stands before one application: holds the shared guard for as long as the application is deployed. */
final class GuardFilter implements Filter {

    private static final Logger LOG = System.getLogger(GuardFilter.class.getName());

    private Filter guard;

    @Override
    public void init(FilterConfig config) {
        guard = SharedGuard.acquire().filter();
        String path = config.getServletContext().getContextPath();
        LOG.log(Level.INFO, "{0} is guarded", path.isEmpty() ? "/" : path);
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        guard.doFilter(request, response, chain);
    }

    @Override
    public void destroy() {
        if (guard != null) {
            guard = null;
            SharedGuard.release();
        }
    }
}

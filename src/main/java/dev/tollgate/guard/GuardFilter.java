package dev.tollgate.guard;

import dev.tollgate.http.filter.RateLimitFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * What stands before one application: holds the shared guard for as long as the application is deployed. As a listener, since
 * WildFly initialises filters with the first request: that one would wait for Redis, and a bad setting would stop nothing.
 */
final class GuardFilter implements Filter, ServletContextListener {

    private static final Logger LOG = System.getLogger(GuardFilter.class.getName());

    private final boolean deferring;
    private volatile Filter guard;

    /**
     * @param deferring whether the application's requests may come back as asynchronous dispatches
     */
    GuardFilter(boolean deferring) {
        this.deferring = deferring;
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        guard = GuardReference.acquire().filter();
        String path = event.getServletContext().getContextPath();
        LOG.log(Level.INFO, "{0} is guarded", path.isEmpty() ? "/" : path);
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (deferring) {
            request.setAttribute(RateLimitFilter.DEFERRABLE, Boolean.TRUE);
        }
        guard.doFilter(request, response, chain);
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        // Told also where the start failed before there was one.
        if (guard != null) {
            GuardReference.release();
        }
    }
}

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
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The filter of one guarded application, which uses the shared guard while the application is deployed.
 *
 * <p>It is also a context listener, since WildFly initializes filters with the first request. That request would wait for
 * Redis, and a wrong setting would not stop the deployment.
 */
final class GuardFilter implements Filter, ServletContextListener {

    private static final Logger LOG = System.getLogger(GuardFilter.class.getName());

    private final boolean async;
    private volatile @Nullable Filter guard;

    /**
     * @param async whether the application's requests may be dispatched asynchronously
     */
    GuardFilter(boolean async) {
        this.async = async;
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
        if (async) {
            request.setAttribute(RateLimitFilter.DEFERRABLE, Boolean.TRUE);
        }
        Objects.requireNonNull(guard).doFilter(request, response, chain);
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        // Called also after a failed start, when there is no guard.
        if (guard != null) {
            GuardReference.release();
        }
    }
}

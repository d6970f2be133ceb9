package dev.tollgate.http.undertow;

import dev.tollgate.core.bodylimit.DrainLimiter;
import io.undertow.servlet.ServletExtension;
import io.undertow.servlet.api.DeploymentInfo;
import jakarta.servlet.ServletContext;

/**
 * An extension that puts {@link UnreadBodyHandler} and {@link HeaderFieldsHandler} before Tollgate's own application. A
 * listener's {@code max-post-size} does not bound its chunked bodies.
 */
public final class UnreadBodyExtension implements ServletExtension {

    private static final long NO_BOUND = 0;

    @Override
    public void handleDeployment(DeploymentInfo deployment, ServletContext context) {
        install(deployment, context);
        HeaderFieldsHandler.install(deployment);
        // Tollgate bounds uploads itself, so the listener's limit for all applications is lifted for its requests.
        deployment.addOuterHandlerChainWrapper(next -> exchange -> {
            if (exchange.isRequestChannelAvailable()) {
                exchange.setMaxEntitySize(NO_BOUND);
            }
            next.handleRequest(exchange);
        });
    }

    /** Puts the handler before an application, and its limiter into the context as {@link DrainLimiter#ATTRIBUTE}. */
    public static void install(DeploymentInfo deployment, ServletContext context) {
        if (context.getAttribute(DrainLimiter.ATTRIBUTE) != null) {
            // Already installed, e.g. for an application with its own guard on a server with the guard module.
            return;
        }
        DrainLimiter limiter = new DrainLimiter(DrainLimiter.BOUNDS);
        context.setAttribute(DrainLimiter.ATTRIBUTE, limiter);
        UnreadBodyHandler.install(deployment, limiter);
    }
}

package dev.tollgate.http.undertow;

import dev.tollgate.http.filter.RateLimitFilter;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.handlers.ServletRequestContext;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;

/**
 * A handler that gives an answer the gate's header fields again just before it is sent, where they were taken away. Undertow
 * clears all fields when an application throws an exception, and some applications reset a response before they answer an
 * error. Thread-safe.
 */
public final class HeaderFieldsHandler implements HttpHandler {

    private static final HttpString REQUEST_ID = new HttpString(RateLimitFilter.REQUEST_ID);

    private final HttpHandler next;

    private HeaderFieldsHandler(HttpHandler next) {
        this.next = next;
    }

    /** Puts the handler before all of an application's filters and servlets. */
    public static void install(DeploymentInfo deployment) {
        deployment.addOuterHandlerChainWrapper(HeaderFieldsHandler::new);
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        exchange.addResponseCommitListener(HeaderFieldsHandler::restore);
        next.handleRequest(exchange);
    }

    private static void restore(HttpServerExchange exchange) {
        HeaderMap fields = exchange.getResponseHeaders();
        // The gate writes all of its fields or, for a request that it has not seen, none.
        if (fields.contains(REQUEST_ID)) {
            return;
        }
        ServletRequestContext servlet = exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY);
        if (servlet != null) {
            RateLimitFilter.repeatFields(
                    servlet.getOriginalRequest(), (name, value) -> fields.put(new HttpString(name), value));
        }
    }
}

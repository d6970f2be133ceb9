package dev.tollgate.http.undertow;

import dev.tollgate.core.bodylimit.DrainLimiter;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.servlet.api.DeploymentInfo;
import java.util.Objects;
import org.xnio.conduits.StreamSourceConduit;

/**
 * A handler that keeps Undertow's servlet layer from waiting on a request's thread for a body that the application has not
 * read. When the answer has been sent, the thread is given back at once. The rest of the body is read on the connection's I/O
 * thread as it comes, within a time and a size; then the connection is closed, or the HTTP/2 stream reset. Thread-safe.
 *
 * <p>Undertow by itself reads such a body to its end with blocking reads: as many streams as the server has threads stop it.
 */
public final class UnreadBodyHandler implements HttpHandler {

    private final HttpHandler next;
    private final DrainLimiter limiter;

    private UnreadBodyHandler(HttpHandler next, DrainLimiter limiter) {
        this.next = next;
        this.limiter = limiter;
    }

    /**
     * Puts the handler before all of an application's filters and servlets.
     *
     * @param deployment the application that is being deployed
     * @param limiter bounds the bodies that are waited for
     * @throws LinkageError if the application does not see XNIO, which Undertow reads with
     */
    public static void install(DeploymentInfo deployment, DrainLimiter limiter) {
        Objects.requireNonNull(StreamSourceConduit.class, "known now, not at the first request");
        deployment.addOuterHandlerChainWrapper(next -> new UnreadBodyHandler(next, limiter));
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (!exchange.isRequestComplete() && exchange.isRequestChannelAvailable()) {
            UnreadBody body = new UnreadBody(exchange, limiter);
            exchange.addRequestWrapper((factory, request) -> body.conduit(factory.create()));
            exchange.startBlocking(new UnreadBodyExchange(exchange, body));
        }
        next.handleRequest(exchange);
    }
}

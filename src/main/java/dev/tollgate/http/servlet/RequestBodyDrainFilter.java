package dev.tollgate.http.servlet;

import dev.tollgate.core.bodylimit.BodyReadLimiter;
import dev.tollgate.core.bodylimit.TrackedBody;
import dev.tollgate.http.address.ForwardedAddressResolver;
import dev.tollgate.http.address.RequestAddressReader;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;

/**
 * A filter that reads the rest of a request's body after the answer was sent. Payara's server neither reads it nor closes the
 * connection, so a client that sends its whole upload before it looks for an answer would wait for ever.
 *
 * <p>Reading is bounded by a {@code BodyReadLimiter}; a body beyond the bounds is left to the server. Bodies without a length
 * that are not chunked are left, too. WildFly does without: see {@code dev.tollgate.http.undertow}. Thread-safe.
 */
public final class RequestBodyDrainFilter implements Filter {

    private static final String UNDERTOW = "io.undertow.";
    private static final int PORTION = 8 * 1024;

    private final RequestAddressReader addresses;
    private final BodyReadLimiter intake;

    /**
     * @param addresses whose bodies they are
     * @param intake how slow they may be, and how many
     */
    public RequestBodyDrainFilter(ForwardedAddressResolver addresses, BodyReadLimiter intake) {
        this.addresses = new RequestAddressReader(addresses);
        this.intake = intake;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(request, response);
        if (request instanceof HttpServletRequest http && isLeftHere(http)) {
            ServletInputStream body = http.getInputStream();
            if (!body.isFinished()) {
                response.flushBuffer();
                drain(http, body);
            }
        }
    }

    private static boolean isLeftHere(HttpServletRequest request) {
        return (request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null)
                && !request.isAsyncStarted()
                && !request.getServletContext().getClass().getName().startsWith(UNDERTOW);
    }

    private void drain(HttpServletRequest request, InputStream body) {
        String caller = addresses.resolve(request).caller();
        if (intake.refusal(caller).isPresent()) {
            return;
        }
        byte[] portion = new byte[PORTION];
        try (TrackedBody reading = intake.begin(caller)) {
            InputStream watched = reading.watched(body);
            int read = 0;
            while (read >= 0) {
                read = watched.read(portion);
            }
        } catch (IOException e) {
            // The limiter ended the read, or the client is gone. The answer has been sent, so nothing is left to do.
        }
    }
}

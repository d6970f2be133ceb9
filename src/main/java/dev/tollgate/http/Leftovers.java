package dev.tollgate.http;

import dev.tollgate.account.RequestAttributes;
import dev.tollgate.intake.Intake;
import dev.tollgate.intake.Reading;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;

/**
 * Bounds what is read of a body that nobody wanted, or that was ended. A container reads it to its end before the connection can be used again,
 * and does so on a request's thread: strangers who never send the rest of what they announced would hold all of them. Here it is read
 * within the bounds of an intake; beyond them the thread is left interrupted, so that the container's own reading fails at once
 * and the connection is closed. The answer has been sent before. Thread-safe.
 */
public final class Leftovers implements Filter {

    private static final int PORTION = 8 * 1024;

    private final RequestAddress addresses;
    private final Intake intake;

    /**
     * @param addresses whose bodies they are
     * @param intake how slow they may be, and how many
     */
    public Leftovers(ClientAddress addresses, Intake intake) {
        this.addresses = new RequestAddress(addresses);
        this.intake = intake;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(request, response);
        if (request instanceof HttpServletRequest http
                && response instanceof HttpServletResponse
                && mayHaveBody(http)
                && !http.isAsyncStarted()) {
            ServletInputStream body = http.getInputStream();
            if (!body.isFinished()) {
                response.flushBuffer();
                if (!isRead(http, body)) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /** Whether a request says that it has a body. */
    static boolean mayHaveBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    }

    private boolean isRead(HttpServletRequest request, InputStream body) {
        String caller = addresses.of(request).caller();
        if (request.getAttribute(RequestAttributes.BODY_ENDED) != null
                || intake.refusal(caller).isPresent()) {
            return false;
        }
        byte[] portion = new byte[PORTION];
        try (Reading reading = intake.begin(caller)) {
            InputStream watched = reading.watched(body);
            int read = 0;
            while (read >= 0) {
                read = watched.read(portion);
            }
            return true;
        } catch (IOException e) {
            // Ended, or the client is gone.
            return false;
        }
    }
}

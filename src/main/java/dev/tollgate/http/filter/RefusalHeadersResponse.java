package dev.tollgate.http.filter;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A response for proxies that pass on only the header fields of a refusal, and only the statuses 401 and 403, such as nginx's
 * {@code auth_request}. The status and the problem document travel in fields of their own, from which the proxy builds the
 * answer to the client. Other responses are sent unchanged.
 */
public final class RefusalHeadersResponse extends HttpServletResponseWrapper {

    /** The header field with the status the client is meant to get. */
    static final String STATUS = "X-Tollgate-Status";

    /** The header field with the problem document, which is ASCII in one line. */
    static final String PROBLEM = "X-Tollgate-Problem";

    private static final int FIRST_REFUSAL = 400;

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final ServletOutputStream stream = new Kept();
    private int status = SC_OK;

    public RefusalHeadersResponse(HttpServletResponse response) {
        super(response);
    }

    @Override
    public void setStatus(int status) {
        this.status = status;
    }

    @Override
    public int getStatus() {
        return status;
    }

    /** Kept, to be told in a field. */
    @Override
    public ServletOutputStream getOutputStream() {
        return stream;
    }

    @Override
    public void setContentLength(int length) {
        // Ignored, because this response has no body.
    }

    @Override
    public void setContentType(String type) {
        // Ignored, because this response has no body.
    }

    /** Sends what was answered. */
    public void send() {
        HttpServletResponse response = (HttpServletResponse) getResponse();
        if (status < FIRST_REFUSAL) {
            response.setStatus(status);
            return;
        }
        response.setHeader(STATUS, Integer.toString(status));
        response.setHeader(PROBLEM, body.toString(StandardCharsets.US_ASCII));
        response.setStatus(status == SC_UNAUTHORIZED ? SC_UNAUTHORIZED : SC_FORBIDDEN);
    }

    private final class Kept extends ServletOutputStream {

        @Override
        public void write(int octet) {
            body.write(octet);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            body.write(bytes, from, length);
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new IllegalStateException("problems are written at once");
        }
    }
}

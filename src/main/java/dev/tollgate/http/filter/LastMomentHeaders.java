package dev.tollgate.http.filter;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;

/** A response to which header fields are added before anything of it can have been sent, and no earlier. */
final class LastMomentHeaders extends HttpServletResponseWrapper {

    private final Runnable headers;
    private boolean told;

    /**
     * @param headers adds the fields to the response within; may wait for them
     */
    LastMomentHeaders(HttpServletResponse response, Runnable headers) {
        super(response);
        this.headers = headers;
    }

    /** Adds the fields, once; too late does nothing. */
    void tell() {
        if (!told && !isCommitted()) {
            headers.run();
        }
        told = true;
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        tell();
        return super.getOutputStream();
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        tell();
        return super.getWriter();
    }

    @Override
    public void flushBuffer() throws IOException {
        tell();
        super.flushBuffer();
    }

    @Override
    public void sendError(int status) throws IOException {
        tell();
        super.sendError(status);
    }

    @Override
    public void sendError(int status, String message) throws IOException {
        tell();
        super.sendError(status, message);
    }

    @Override
    public void sendRedirect(String location) throws IOException {
        tell();
        super.sendRedirect(location);
    }
}

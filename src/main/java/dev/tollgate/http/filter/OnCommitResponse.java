package dev.tollgate.http.filter;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;

/** A response that runs an action, such as adding header fields, just before anything of it can be sent. */
final class OnCommitResponse extends HttpServletResponseWrapper {

    private final Runnable action;
    private boolean ran;

    /**
     * @param headers adds the fields to the response within; may wait for them
     */
    OnCommitResponse(HttpServletResponse response, Runnable headers) {
        super(response);
        this.action = headers;
    }

    /** Adds the fields, once; too late does nothing. */
    void runOnce() {
        if (!ran && !isCommitted()) {
            action.run();
        }
        ran = true;
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        runOnce();
        return super.getOutputStream();
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        runOnce();
        return super.getWriter();
    }

    @Override
    public void flushBuffer() throws IOException {
        runOnce();
        super.flushBuffer();
    }

    @Override
    public void sendError(int status) throws IOException {
        runOnce();
        super.sendError(status);
    }

    @Override
    public void sendError(int status, String message) throws IOException {
        runOnce();
        super.sendError(status, message);
    }

    @Override
    public void sendRedirect(String location) throws IOException {
        runOnce();
        super.sendRedirect(location);
    }
}

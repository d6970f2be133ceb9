package dev.tollgate.http.undertow;

import io.undertow.io.Receiver;
import io.undertow.io.Sender;
import io.undertow.server.BlockingHttpExchange;
import io.undertow.server.HttpServerExchange;
import io.undertow.servlet.core.ServletBlockingHttpExchange;
import io.undertow.servlet.handlers.ServletRequestContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The servlet layer's blocking exchange, ended without a wait for what the application has not read. */
final class UnreadBodyExchange implements BlockingHttpExchange {

    private final HttpServerExchange exchange;
    private final UnreadBody body;
    private final BlockingHttpExchange servlet;

    UnreadBodyExchange(HttpServerExchange exchange, UnreadBody body) {
        this.exchange = exchange;
        this.body = body;
        this.servlet = new ServletBlockingHttpExchange(exchange);
    }

    /** Sends what is left of the answer, frees the request's buffers and leaves the body to {@link HttpServerExchange#endExchange}. */
    @Override
    public void close() throws IOException {
        if (exchange.isRequestComplete()) {
            servlet.close();
            return;
        }
        try {
            exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY)
                    .getOriginalResponse()
                    .closeStreamAndWriter();
        } finally {
            // Even if the answer cannot be sent, because the request holds buffers.
            letGo();
        }
    }

    private void letGo() throws IOException {
        body.refuse();
        try {
            servlet.close();
        } catch (UnreadBody.Refused e) {
            // Expected: the servlet layer has released the body.
        } finally {
            body.drain();
        }
    }

    @Override
    public InputStream getInputStream() {
        return servlet.getInputStream();
    }

    @Override
    public OutputStream getOutputStream() {
        return servlet.getOutputStream();
    }

    @Override
    public Sender getSender() {
        return servlet.getSender();
    }

    @Override
    public Receiver getReceiver() {
        return servlet.getReceiver();
    }
}

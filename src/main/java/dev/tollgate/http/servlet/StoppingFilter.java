package dev.tollgate.http.servlet;

import dev.tollgate.core.problem.Problems;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * A filter for the time in which the server is about to stop. Each answer is then the last one of its connection, so that clients
 * that keep connections come back to another node. Once the grace is over, requests are refused with 503, health checks excepted.
 * Thread-safe.
 */
public final class StoppingFilter implements Filter {

    /** Another node, or this one after a restart without requests to wait for. */
    private static final int RETRY_SECONDS = 5;

    private static final String HEALTH = "/health/";

    private final BooleanSupplier stopping;
    private final BooleanSupplier over;

    /**
     * @param stopping whether the server is about to stop
     * @param over whether requests are refused
     */
    public StoppingFilter(BooleanSupplier stopping, BooleanSupplier over) {
        this.stopping = stopping;
        this.over = over;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!stopping.getAsBoolean()) {
            chain.doFilter(request, response);
            return;
        }
        HttpServletRequest asked = (HttpServletRequest) request;
        HttpServletResponse answer = (HttpServletResponse) response;
        // HTTP/2 forbids the field.
        if (asked.getProtocol().startsWith("HTTP/1")) {
            answer.setHeader("Connection", "close");
        }
        if (over.getAsBoolean() && !asked.getServletPath().startsWith(HEALTH)) {
            ProblemWriter.send(Problems.nodeStopping(RETRY_SECONDS), asked, answer);
        } else {
            chain.doFilter(request, response);
        }
    }
}

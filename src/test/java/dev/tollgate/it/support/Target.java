package dev.tollgate.it.support;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A Tollgate that requests can be sent to. */
public interface Target {

    /** Where a path below {@code /tollgate} is, such as {@code /health/live}. */
    URI at(String path);

    /** Sends a request; no answer is an {@link AssertionError}. */
    HttpResponse<String> send(HttpRequest.Builder request);
}

package dev.tollgate.rest.support;

import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;

/** Functions that build answers with more than an entity. */
public final class Responses {

    private Responses() {}

    /**
     * 201 with the new thing and where it is: below the request's path, as a reference without scheme and host, which is
     * right behind any proxy.
     */
    public static Response created(UriInfo uri, String id, Object entity) {
        String path = uri.getRequestUri().getRawPath();
        String separator = path.endsWith("/") ? "" : "/";
        return Response.status(Response.Status.CREATED)
                .header("Location", URI.create(path + separator + id).toString())
                .entity(entity)
                .build();
    }
}

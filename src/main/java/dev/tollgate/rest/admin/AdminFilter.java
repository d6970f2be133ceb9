package dev.tollgate.rest.admin;

import dev.tollgate.core.access.AdminRole;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.rest.support.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.ext.Provider;
import java.util.function.Predicate;

/**
 * A filter that guards the administrators' resources a second time, independent of the container's configuration, and
 * against forgery by other sites. It asks {@link AdminRole} about the method that JAX-RS has chosen the resource by.
 *
 * <p>A browser sends credentials it knows with any request, whichever site caused it. A form, or a script without
 * permission, can cause only GET, HEAD and POST, and no body of type {@code application/json}. For anything else the
 * browser sends a preflight, which Tollgate does not answer. So POST, PUT and PATCH must be {@code application/json}, also
 * where the body is empty. DELETE needs no body, since no form can send it. A DELETE that has a media type must have this
 * one.
 */
@Provider
@AdminOnly
@ApplicationScoped
public class AdminFilter implements ContainerRequestFilter, ContainerResponseFilter {

    private static final String JSON = MediaType.APPLICATION_JSON;

    @Override
    public void filter(ContainerRequestContext request) {
        SecurityContext security = request.getSecurityContext();
        Predicate<String> has = role -> security != null && security.isUserInRole(role);
        AdminRole.refusal(has, request.getMethod()).ifPresent(problem -> {
            throw new ProblemException(problem);
        });
        if (!AdminRole.onlyReads(request.getMethod())) {
            MediaType type = request.getMediaType();
            boolean json = type != null && (type.getType() + "/" + type.getSubtype()).equalsIgnoreCase(JSON);
            boolean bare = type == null && request.getMethod().equals("DELETE");
            if (!json && !bare) {
                throw new ProblemException(Problems.unsupportedMediaType(
                        "Calls that change something need Content-Type: application/json."));
            }
        }
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        response.getHeaders().putSingle(HttpHeaders.CACHE_CONTROL, "no-store");
    }
}

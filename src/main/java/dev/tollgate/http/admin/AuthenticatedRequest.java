package dev.tollgate.http.admin;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;

/** A request that carries the administrator who signed in. */
final class AuthenticatedRequest extends HttpServletRequestWrapper {

    private final Administrator administrator;

    AuthenticatedRequest(HttpServletRequest request, Administrator administrator) {
        super(request);
        this.administrator = administrator;
    }

    @Override
    public Principal getUserPrincipal() {
        return administrator;
    }

    @Override
    public String getRemoteUser() {
        return administrator.user();
    }

    @Override
    public String getAuthType() {
        return administrator.scheme();
    }

    @Override
    public boolean isUserInRole(String role) {
        return administrator.roles().contains(role);
    }
}

package dev.tollgate.http.admin;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;

/** A request that carries the administrator who signed in. */
final class AuthenticatedRequest extends HttpServletRequestWrapper {

    private final AdminUser adminUser;

    AuthenticatedRequest(HttpServletRequest request, AdminUser adminUser) {
        super(request);
        this.adminUser = adminUser;
    }

    @Override
    public Principal getUserPrincipal() {
        return adminUser;
    }

    @Override
    public String getRemoteUser() {
        return adminUser.user();
    }

    @Override
    public String getAuthType() {
        return adminUser.scheme();
    }

    @Override
    public boolean isUserInRole(String role) {
        return adminUser.roles().contains(role);
    }
}

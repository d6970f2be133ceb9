package dev.tollgate.arch.violations.gate;

import jakarta.servlet.http.HttpServletRequest;

public class KnowsServlets {
    String method(HttpServletRequest request) {
        return request.getMethod();
    }
}

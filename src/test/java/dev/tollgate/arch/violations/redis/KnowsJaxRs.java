package dev.tollgate.arch.violations.redis;

import jakarta.ws.rs.Path;

@Path("/")
class KnowsJaxRs {}

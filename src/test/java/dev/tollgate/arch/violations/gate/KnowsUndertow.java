package dev.tollgate.arch.violations.gate;

import io.undertow.server.HttpServerExchange;

public class KnowsUndertow {
    boolean ended(HttpServerExchange exchange) {
        return exchange.isComplete();
    }
}

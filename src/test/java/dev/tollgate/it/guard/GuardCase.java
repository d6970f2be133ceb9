package dev.tollgate.it.guard;

import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A guarded WildFly that all classes which extend this share, since a server takes ten seconds to start. The first of them starts
 * it. {@link GuardInstallIT} runs first and {@link GuardUninstallIT} last, by their {@link Order}; each runs alone, too.
 */
abstract class GuardCase {

    static final Duration TWO_SECONDS = Duration.ofSeconds(2);

    static GuardedWildFly guarded;

    /** Closed when all tests are over, where no class has stopped it before. */
    @RegisterExtension
    static final BeforeAllCallback SHARED = context -> guarded = context.getRoot()
            .getStore(ExtensionContext.Namespace.GLOBAL)
            .getOrComputeIfAbsent(GuardedWildFly.class, type -> GuardedWildFly.start(), GuardedWildFly.class);

    /** All tests come from one address, so each begins with its window empty. */
    @BeforeEach
    void emptyTheAddressesWindow() {
        try (RedisWire redis = new RedisWire(IntegrationServers.redis().port())) {
            redis.send("DEL", "requests:{ip:127.0.0.1}", "violations:{ip:127.0.0.1}");
        }
    }

    static HttpResponse<String> get(String path, String key) {
        return guarded.get(path, key);
    }

    static AdminClient.Key newKey(String tier) {
        return guarded.newKey(tier);
    }

    static AdminClient operator() {
        return guarded.node().operator();
    }
}

package dev.tollgate.rest.support;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.bodylimit.BodyReadLimiter;
import dev.tollgate.rest.admin.AdminFilter;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.ws.rs.core.GenericType;
import jakarta.ws.rs.core.SecurityContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.StringReader;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.glassfish.hk2.api.Context;
import org.glassfish.jersey.internal.MapPropertiesDelegate;
import org.glassfish.jersey.internal.inject.AbstractBinder;
import org.glassfish.jersey.server.ApplicationHandler;
import org.glassfish.jersey.server.ContainerRequest;
import org.glassfish.jersey.server.ContainerResponse;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.ServerProperties;

/** Resources behind the real Jersey, without a server or a socket. */
public final class InProcess {

    private static final String ADMIN = "tollgate-admin";
    private static final URI BASE = URI.create("http://gate.example/tollgate/");

    private final ApplicationHandler handler;
    private String user = "alice";
    private Set<String> roles = Set.of(ADMIN);
    private ResolvedKey key;

    /**
     * @param classes resources, made anew for each request
     * @param parts what they are made of, and provider instances
     */
    public InProcess(List<Class<?>> classes, Object... parts) {
        ResourceConfig config = new ResourceConfig(JsonFormat.class, ProblemMapper.class);
        config.property(ServerProperties.LOCATION_HEADER_RELATIVE_URI_RESOLUTION_DISABLED, true);
        config.property(ServerProperties.WADL_FEATURE_DISABLE, true);
        classes.forEach(config::register);
        config.register(new AbstractBinder() {
            @Override
            protected void configure() {
                bind(DependentScope.class)
                        .to(new GenericType<Context<Dependent>>() {})
                        .in(Singleton.class);
                for (Object part : parts) {
                    bind(part).to((Type) part.getClass());
                    for (Class<?> port : part.getClass().getInterfaces()) {
                        bindPort(part, port);
                    }
                }
            }

            private void bindPort(Object part, Class<?> port) {
                if (port.getName().startsWith("dev.tollgate.")) {
                    bind(part).to((Type) port);
                }
            }
        });
        for (Object part : parts) {
            if (part instanceof AdminFilter filter) {
                config.register(filter);
            }
        }
        handler = new ApplicationHandler(config);
    }

    /** An intake that refuses nobody. */
    public static BodyReadLimiter boundless() {
        return new BodyReadLimiter(
                new BodyReadLimiter.Bounds(Integer.MAX_VALUE, Integer.MAX_VALUE, 1, Duration.ofDays(1)),
                System::nanoTime);
    }

    /** The same, asked by somebody else. */
    public InProcess as(String newUser, boolean isAdministrator) {
        return as(newUser, isAdministrator ? Set.of(ADMIN) : Set.of());
    }

    /** The same, asked by somebody else who has these roles. */
    public InProcess as(String newUser, Set<String> newRoles) {
        user = newUser;
        roles = newRoles;
        return this;
    }

    /** The same, asked with a key the gate has let through. */
    public InProcess with(String keyId) {
        ApiKey known =
                new ApiKey(keyId, "account", "name", "tg_test0", true, Instant.EPOCH, null, OptionalLong.empty());
        return with(known);
    }

    /** The same, asked with that key; with none if it is null. */
    public InProcess with(ApiKey known) {
        key = known == null ? null : new ResolvedKey(known, "pro");
        return this;
    }

    /** An answer as a client sees it, and the attributes the gate sees. */
    public record Answer(int status, Map<String, String> headers, String body, Map<String, Object> attributes) {

        public JsonObject json() {
            try (JsonReader reader = Json.createReader(new StringReader(body))) {
                return reader.readObject();
            }
        }

        public String code() {
            return json().getString("code");
        }
    }

    public Answer get(String path) {
        return call("GET", path, Map.of(), InputStream.nullInputStream());
    }

    public Answer send(String method, String path, String json) {
        return call(
                method,
                path,
                Map.of("Content-Type", "application/json"),
                new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    public Answer call(String method, String path, Map<String, String> headers, InputStream body) {
        MapPropertiesDelegate attributes = new MapPropertiesDelegate();
        if (key != null) {
            attributes.setProperty(RequestAttributes.KEY, key);
        }
        ContainerRequest request =
                new ContainerRequest(BASE, BASE.resolve(path), method, new User(user, roles), attributes, null);
        headers.forEach(request::header);
        request.setEntityStream(body);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ContainerResponse response = handler.apply(request, out).get();
            Map<String, String> answered = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            response.getStringHeaders().forEach((name, values) -> answered.put(name, String.join(", ", values)));
            Map<String, Object> seen = new TreeMap<>();
            for (String name : List.of(
                    RequestAttributes.PROVIDER,
                    RequestAttributes.FILE_SIZE,
                    RequestAttributes.FILE_TYPE,
                    RequestAttributes.FAILED)) {
                if (attributes.getProperty(name) != null) {
                    seen.put(name, attributes.getProperty(name));
                }
            }
            return new Answer(response.getStatus(), answered, out.toString(StandardCharsets.UTF_8), seen);
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private record User(String name, Set<String> roles) implements SecurityContext {

        @Override
        public Principal getUserPrincipal() {
            return () -> name;
        }

        @Override
        public boolean isUserInRole(String role) {
            return roles.contains(role);
        }

        @Override
        public boolean isSecure() {
            return false;
        }

        @Override
        public String getAuthenticationScheme() {
            return BASIC_AUTH;
        }
    }
}

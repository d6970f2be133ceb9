package dev.tollgate.guard;

import dev.tollgate.config.Settings;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;

/** An application behind a guard, in WildFly's servlet container, with requests to it. */
final class GuardedApplication implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final ServerGuard guard;
    private final DeploymentManager deployment;
    private final Undertow server;

    /** What the application says of each request. */
    interface Saying {
        void of(HttpServletRequest request);
    }

    GuardedApplication(Map<String, String> settings, Saying saying) throws Exception {
        guard = ServerGuard.open(Settings.of(settings));
        HttpServlet servlet = new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                saying.of(request);
                response.getWriter().print("served");
            }
        };
        deployment = Servlets.defaultContainer()
                .addDeployment(Servlets.deployment()
                        .setClassLoader(GuardedApplication.class.getClassLoader())
                        .setContextPath("/shop")
                        .setDeploymentName("shop")
                        .addFilter(Servlets.filter(
                                        "guard",
                                        guard.filter().getClass(),
                                        new ImmediateInstanceFactory<>(guard.filter()))
                                .setAsyncSupported(true))
                        .addFilterUrlMapping("guard", "/*", DispatcherType.REQUEST)
                        .addServlet(Servlets.servlet("all", servlet.getClass(), new ImmediateInstanceFactory<>(servlet))
                                .addMapping("/*")
                                .setAsyncSupported(true)));
        deployment.deploy();
        server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setHandler(Handlers.path().addPrefixPath("/shop", deployment.start()))
                .build();
        server.start();
    }

    HttpResponse<String> get(String path, String key) {
        InetSocketAddress address =
                (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + "/shop" + path));
        if (key != null) {
            request.header("X-API-Key", key);
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    int status(String path, String key) {
        return get(path, key).statusCode();
    }

    @Override
    public void close() throws jakarta.servlet.ServletException {
        server.stop();
        deployment.stop();
        deployment.undeploy();
        guard.close();
    }
}

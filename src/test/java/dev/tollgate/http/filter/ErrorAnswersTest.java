package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.redis.RealRedis;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Error answers of applications behind the gate keep its header fields, however the application fails and with which error pages. */
class ErrorAnswersTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @FunctionalInterface
    private interface Work {
        void fail(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException;
    }

    /** How an application can fail. */
    enum Failure {
        RUNTIME_EXCEPTION(500, (request, response) -> {
            throw new IllegalStateException("on purpose");
        }),
        SERVLET_EXCEPTION(500, (request, response) -> {
            throw new ServletException("on purpose", new IllegalStateException("the cause"));
        }),
        IO_EXCEPTION(500, (request, response) -> {
            throw new IOException("on purpose");
        }),
        ERROR(500, (request, response) -> {
            throw new StackOverflowError("on purpose");
        }),
        AFTER_SOME_OUTPUT(500, (request, response) -> {
            response.setHeader("X-Own", "1");
            response.getWriter().print("half");
            throw new IllegalStateException("on purpose");
        }),
        SENT_ERROR(503, (request, response) -> {
            response.sendError(503, "later");
        }),
        RESET_BEFORE_ERROR(404, (request, response) -> {
            response.reset();
            response.sendError(404);
        }),
        RESET_BEFORE_AN_ANSWER_OF_ITS_OWN(422, (request, response) -> {
            response.reset();
            response.setStatus(422);
            response.getWriter().print("its own");
        }),
        ON_ANOTHER_THREAD(502, (request, response) -> {
            AsyncContext later = request.startAsync();
            later.start(() -> {
                HttpServletResponse answer = (HttpServletResponse) later.getResponse();
                answer.reset();
                answer.setStatus(502);
                later.complete();
            });
        }),
        AFTER_ASYNCHRONOUS_BEGINNING(500, (request, response) -> {
            request.startAsync();
            throw new IllegalStateException("on purpose");
        });

        private final int status;
        private final Work work;

        Failure(int status, Work work) {
            this.status = status;
            this.work = work;
        }

        private Servlet servlet() {
            return new HttpServlet() {
                private static final long serialVersionUID = 1L;

                @Override
                protected void service(HttpServletRequest request, HttpServletResponse response)
                        throws ServletException, IOException {
                    work.fail(request, response);
                }
            };
        }
    }

    private static final Servlet PAGE = new HttpServlet() {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("the page " + request.getServletPath());
        }
    };

    private static RealRedis redis;
    private static InMemoryDirectory directory;
    private static Map<List<String>, GuardedServer> servers;

    @BeforeAll
    static void start() throws Exception {
        redis = RealRedis.start();
        directory = new InMemoryDirectory();
        servers = new HashMap<>();
        for (List<String> pages : pages()) {
            Map<String, Servlet> servlets = new HashMap<>();
            pages.forEach(page -> servlets.put(page, PAGE));
            for (Failure failure : Failure.values()) {
                servlets.put("/" + failure, failure.servlet());
            }
            servers.put(pages, new GuardedServer(redis, directory, GuardedServer.Setup.PLAIN, servlets));
        }
    }

    @AfterAll
    static void stop() throws Exception {
        for (GuardedServer server : servers.values()) {
            server.close();
        }
        redis.close();
    }

    private static List<List<String>> pages() {
        return List.of(
                List.of(),
                List.of(GuardedServer.PAGE_OF_ERRORS),
                List.of(GuardedServer.PAGE_OF_EXCEPTION),
                List.of(GuardedServer.PAGE_OF_EXCEPTION, GuardedServer.PAGE_OF_ERRORS));
    }

    static Stream<Arguments> cases() {
        return pages().stream()
                .flatMap(pages -> Stream.of(Failure.values()).map(failure -> Arguments.of(pages, failure)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void anErrorAnswerHasTheGatesFieldsOnce(List<String> pages, Failure failure) throws Exception {
        String key = directory.newKey(directory.newAccount(), "free", OptionalLong.empty());
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(servers.get(pages).uri("/" + failure))
                        .header("X-API-Key", key)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(failure.status);
        assertThat(answer.headers().allValues("X-Request-Id"))
                .singleElement()
                .asString()
                .matches("[0-9a-f]{32}");
        assertThat(answer.headers().allValues("RateLimit"))
                .singleElement()
                .asString()
                .startsWith("\"minute\";r=9;");
        for (String once : List.of("RateLimit-Policy", "X-RateLimit-Limit", "X-RateLimit-Remaining")) {
            assertThat(answer.headers().allValues(once)).as(once).hasSize(1);
        }
        if (failure == Failure.RUNTIME_EXCEPTION && pages.contains(GuardedServer.PAGE_OF_EXCEPTION)) {
            assertThat(answer.body()).isEqualTo("the page " + GuardedServer.PAGE_OF_EXCEPTION);
        }
    }
}

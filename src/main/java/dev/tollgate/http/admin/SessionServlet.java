package dev.tollgate.http.admin;

import dev.tollgate.core.access.AdminRole;
import dev.tollgate.core.bodylimit.BodyReadLimiter;
import dev.tollgate.core.bodylimit.ContentCoding;
import dev.tollgate.core.bodylimit.TrackedBody;
import dev.tollgate.core.problem.JsonText;
import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.http.servlet.AllowedMethodsServlet;
import dev.tollgate.http.servlet.ProblemWriter;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The console's session: {@code POST {user, password}} signs in and gives the token for changes ({@link PageTokens}), {@code GET}
 * says who is signed in, {@code DELETE} signs out, for which no token is needed.
 * {@link AdminAccess} has made sure that the request comes from the console's own pages.
 */
public final class SessionServlet extends AllowedMethodsServlet {

    private static final long serialVersionUID = 1L;
    private static final int LONGEST_BODY = 8 * 1024;
    private static final int RETRY_SECONDS = 5;

    private final transient RealmAuthenticator signIn;
    private final transient SessionStore sessions;
    private final transient BodyReadLimiter intake;

    /**
     * @param signIn asks the realm
     * @param sessions who is signed in
     * @param intake bounds the bodies that strangers send here
     */
    public SessionServlet(RealmAuthenticator signIn, SessionStore sessions, BodyReadLimiter intake) {
        super("GET", "HEAD", "POST", "DELETE", "OPTIONS");
        this.signIn = signIn;
        this.sessions = sessions;
        this.intake = intake;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        SessionStore.Session session = sessions.of(request);
        if (session == null) {
            ProblemWriter.send(Problems.signInNeeded(false), request, response);
        } else {
            answer(told(session.adminUser()), response);
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String type = String.valueOf(request.getContentType());
        if (!type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
            ProblemWriter.send(
                    Problems.unsupportedMediaType("Sign in with Content-Type: application/json."), request, response);
            return;
        }
        ContentCoding coding = ContentCoding.of(Collections.list(request.getHeaders("Content-Encoding")))
                .orElse(null);
        if (coding == null) {
            ProblemWriter.send(
                    Problems.unsupportedCoding(
                            ContentCoding.ACCEPTED, "Sign in with Content-Encoding: gzip, or without that field."),
                    request,
                    response);
            return;
        }
        byte[] body = body(request, response);
        if (body == null) {
            return;
        }
        String user;
        String password;
        try (JsonReader reader = Json.createReader(new ByteArrayInputStream(coding.decode(body, LONGEST_BODY)))) {
            JsonObject credentials = reader.readObject();
            user = text(credentials, "user");
            password = text(credentials, "password");
        } catch (ZipException | RuntimeException e) {
            // Any runtime exception: the parser has no type of its own for too deep nesting or too long numbers.
            ProblemWriter.send(
                    Problems.badRequest("Sign in with a JSON object of user and password."), request, response);
            return;
        }
        List<String> roles = AdminRole.labels();
        RealmAuthenticator.Outcome outcome = signIn.attempt(request, user, password, "FORM", roles);
        if (outcome.verdict() != RealmAuthenticator.Verdict.GOOD) {
            ProblemWriter.send(AdminAccess.refusal(outcome, roles, false), request, response);
            return;
        }
        AdminUser adminUser = Objects.requireNonNull(outcome.adminUser());
        SessionStore.Session session = sessions.start(adminUser, user, password, request, response);
        signIn.begun(request, adminUser);
        Map<String, Object> members = told(adminUser);
        members.put("token", session.pageToken());
        answer(members, response);
    }

    /** Who is signed in, and by which role, so that the console offers what the user may do. */
    private static Map<String, Object> told(AdminUser adminUser) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("user", adminUser.user());
        adminUser.role().ifPresent(role -> members.put("role", role.label()));
        return members;
    }

    /** The body; null if it was refused, and that is answered. */
    private byte @Nullable [] body(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String caller = signIn.counted(request);
        if (intake.refusal(caller).isPresent() && !isHere(request)) {
            ProblemWriter.send(busy(), request, response);
            return null;
        }
        try (TrackedBody reading = intake.begin(caller)) {
            try {
                return reading.watched(request.getInputStream()).readNBytes(LONGEST_BODY);
            } catch (IOException e) {
                ProblemWriter.send(reading.endedBy().map(this::problem).orElseThrow(() -> e), request, response);
                return null;
            }
        }
    }

    /** Whether the whole body has come already, so that no thread waits for it. */
    private static boolean isHere(HttpServletRequest request) throws IOException {
        long length = request.getContentLengthLong();
        return length >= 0 && request.getInputStream().available() >= length;
    }

    private Problem problem(BodyReadLimiter.Refusal why) {
        return why == BodyReadLimiter.Refusal.TOO_SLOW
                ? Problems.tooSlow(intake.bounds().leastBytesPerSecond())
                : busy();
    }

    private static Problem busy() {
        return Problems.unavailable(
                "SIGN_INS_BUSY",
                "There are too many sign-ins under way; try again, or send HTTP Basic with each request.",
                RETRY_SECONDS);
    }

    private static String text(JsonObject object, String name) {
        return object.get(name) instanceof JsonString text ? text.getString() : "";
    }

    private static void answer(Map<String, Object> members, HttpServletResponse response) throws IOException {
        StringBuilder json = new StringBuilder();
        JsonText.write(json, members);
        byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
        response.setHeader("Cache-Control", "no-store");
        response.setContentType("application/json");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    @Override
    protected void doDelete(HttpServletRequest request, HttpServletResponse response) {
        sessions.end(request, response);
        response.setHeader("Cache-Control", "no-store");
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    }
}

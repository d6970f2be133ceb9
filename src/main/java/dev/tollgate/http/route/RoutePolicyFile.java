package dev.tollgate.http.route;

import dev.tollgate.core.account.Scopes;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.core.problem.LogText;
import dev.tollgate.core.usage.Provider;
import dev.tollgate.http.route.RoutePolicy.Action;
import dev.tollgate.http.route.RoutePolicy.Charge;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file of route policies, read and checked: a JSON object with the member {@code routes}, a list of entries as
 * docs/routes.md describes them, and perhaps {@code caseSensitive}. Each problem is one line that names the file, line, column
 * and member; a {@link RouteFileException} has all of them.
 */
public final class RoutePolicyFile {

    /** The most entries a file may hold: each is compared with the path of each request. */
    public static final int MAX_ENTRIES = 200;

    private static final int MAX_CONCURRENCY = 100_000;

    private static final String LIMIT = "limit";
    private static final String EXEMPT = "exempt";
    private static final String KEY_REQUIRED = "key-required";

    private static final long MAX_BYTES = 1 << 20;
    private static final int MAX_METHODS = 20;

    /** A policy and the place it was read from. */
    record Entry(RoutePolicy policy, String place) {

        /** Returns the line that says what is wrong with it. */
        String problem(String what) {
            return place + " " + what;
        }

        IllegalArgumentException error(String what) {
            return new IllegalArgumentException(problem(what));
        }
    }

    private final PositionedJsonReader json;
    private final List<Entry> entries = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private boolean caseSensitive = true;
    private boolean full;

    private RoutePolicyFile(String name, String text) {
        this.json = new PositionedJsonReader(name, text);
        json.read(this::file);
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if it cannot be read or holds something wrong
     */
    public static RoutePolicyFile read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IllegalArgumentException(file + ": larger than " + MAX_BYTES + " bytes");
            }
            return parse(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    file + ": cannot be read as UTF-8 text: " + e.getClass().getSimpleName(), e);
        }
    }

    /** Reads a file's text; the name is what errors call it. */
    public static RoutePolicyFile parse(String name, String text) {
        return new RoutePolicyFile(name, text);
    }

    /** The entries in order. */
    List<Entry> entries() {
        return caseSensitive
                ? List.copyOf(entries)
                : entries.stream()
                        .map(entry -> new Entry(entry.policy().ignoringCase(), entry.place()))
                        .toList();
    }

    /** Whether paths that differ by case alone are different. */
    boolean caseSensitive() {
        return caseSensitive;
    }

    /**
     * Refuses entries that let nobody pass, because they demand a principal and the settings say that principals are not looked at.
     *
     * @throws RouteFileException with a problem for each
     */
    public void refusePrincipals() {
        List<String> problems = entries.stream()
                .filter(entry -> entry.policy().credentials() == Credentials.PRINCIPAL)
                .map(entry -> entry.problem("demands a principal, and tollgate.principals is off: nobody would pass"))
                .toList();
        if (!problems.isEmpty()) {
            throw new RouteFileException(problems);
        }
    }

    /** The policies in order. */
    public List<RoutePolicy> policies() {
        return entries.stream().map(Entry::policy).toList();
    }

    private void file() {
        json.next();
        String place = json.place();
        boolean[] listed = new boolean[1];
        json.object("the file", member -> {
            switch (member) {
                case "routes" -> {
                    listed[0] = true;
                    json.array(this::entry);
                }
                case "caseSensitive" -> caseSensitive = json.flag();
                default -> throw json.unknown(member, "routes, caseSensitive");
            }
        });
        if (!listed[0] && json.problems() == 0) {
            throw new IllegalArgumentException(place + " lacks the member routes");
        }
    }

    private void entry() {
        if (full) {
            return;
        }
        if (entries.size() == MAX_ENTRIES) {
            full = true;
            throw json.error("more than " + MAX_ENTRIES + " entries");
        }
        String place = json.place();
        int problems = json.problems();
        Draft draft = new Draft();
        json.object("an entry", draft::member);
        if (json.problems() > problems) {
            return;
        }
        RoutePolicy policy = draft.policy(place);
        if (!names.add(policy.name())) {
            throw new IllegalArgumentException(place + " has the name of an earlier entry: " + policy.name());
        }
        entries.add(new Entry(policy, place));
    }

    /** What has been read of one entry. */
    private final class Draft {

        private @Nullable String name;
        private @Nullable RoutePattern path;
        private Set<String> methods = Set.of();
        private @Nullable String action;
        private @Nullable Credentials credentials;
        private int cost = 1;
        private boolean ownWindow;
        private @Nullable String windowName;
        private @Nullable Long windowLimit;
        private @Nullable Long windowSeconds;
        private Action mode = Action.ENFORCE;
        private @Nullable String provider;
        private @Nullable FailureMode failureMode;
        private Preflight preflight = Preflight.ADDRESS;
        private boolean lease = true;
        private Charge charge = Charge.ALWAYS;
        private OptionalInt concurrency = OptionalInt.empty();
        private Scopes scopes = Scopes.NONE;
        /** The first member that has no meaning where nothing is limited. */
        private @Nullable String limiting;

        void member(String member) {
            switch (member) {
                case "name" -> name = name();
                case "path" -> path = path();
                case "methods" -> methods = methods();
                case "action" -> action = json.oneOf(LIMIT, EXEMPT, KEY_REQUIRED);
                default -> {
                    limitingMember(member);
                    limiting = limiting == null ? member : limiting;
                }
            }
        }

        private void limitingMember(String member) {
            switch (member) {
                case "credentials" ->
                    credentials = Credentials.valueOf(json.oneOf("none", "optional", "required", "principal")
                            .toUpperCase(Locale.ROOT));
                case "cost" -> cost = (int) json.integer(1, GateRequest.MAX_COST);
                case "window" -> {
                    ownWindow = true;
                    json.object("a window", this::windowMember);
                }
                case "mode" -> mode = json.oneOf("enforce", "shadow").equals("shadow") ? Action.SHADOW : Action.ENFORCE;
                case "provider" -> provider = provider();
                case "failureMode" ->
                    failureMode = FailureMode.valueOf(
                            json.oneOf("open", "local", "closed").toUpperCase(Locale.ROOT));
                case "preflight" ->
                    preflight = Preflight.valueOf(
                            json.oneOf("address", "exempt", "request").toUpperCase(Locale.ROOT));
                case "lease" -> lease = json.flag();
                case "charge" ->
                    charge = Charge.valueOf(json.oneOf("always", "success").toUpperCase(Locale.ROOT));
                case "concurrency" -> concurrency = OptionalInt.of((int) json.integer(1, MAX_CONCURRENCY));
                case "scopes" -> scopes = scopes();
                default ->
                    throw json.unknown(
                            member,
                            "name, path, methods, action, credentials, scopes, cost, window, mode, provider, failureMode, "
                                    + "preflight, lease, charge, concurrency");
            }
        }

        private void windowMember(String member) {
            switch (member) {
                case "name" -> windowName = name();
                case "limit" -> windowLimit = json.integer(0, Tier.MAX_LIMIT);
                case "seconds" -> windowSeconds = json.integer(1, 86_400);
                default -> throw json.unknown(member, "name, limit, seconds");
            }
        }

        private String name() {
            String text = json.string();
            if (!RoutePolicy.NAME.matcher(text).matches()) {
                throw json.error("must be 1 to 50 of a-z, 0-9, '.', '_', '-', beginning with a letter or digit");
            }
            if (WindowPolicy.RESERVED_NAMES.contains(text)) {
                throw json.error(LogText.quote(text) + " is a name of Tollgate's own");
            }
            return text;
        }

        private RoutePattern path() {
            String text = json.string();
            try {
                return RoutePattern.of(text);
            } catch (IllegalArgumentException e) {
                throw json.error(LogText.quote(text) + " " + e.getMessage());
            }
        }

        private Set<String> methods() {
            Set<String> read = new LinkedHashSet<>();
            int problems = json.problems();
            json.array(() -> {
                String method = json.string();
                if (method.isEmpty()
                        || method.length() > 20
                        || !method.chars().allMatch(c -> c == '-' || (c >= 'A' && c <= 'Z'))) {
                    throw json.error(LogText.quote(method) + " is not a method; methods are upper case, such as GET");
                }
                if (!read.add(method)) {
                    throw json.error(LogText.quote(method) + " is there twice");
                }
                if (read.size() > MAX_METHODS) {
                    throw json.error("more than " + MAX_METHODS + " methods");
                }
            });
            if (read.isEmpty() && json.problems() == problems) {
                throw json.error("must not be empty; leave methods out to mean every method");
            }
            return read;
        }

        private Scopes scopes() {
            List<String> read = new ArrayList<>();
            int problems = json.problems();
            json.array(() -> {
                String scope = json.string();
                if (!Scopes.FORM.matcher(scope).matches()) {
                    throw json.error(LogText.quote(scope) + " is not a scope: 1 to 64 of a-z, 0-9, ':', '.', '_', '-'");
                }
                if (read.contains(scope)) {
                    throw json.error(LogText.quote(scope) + " is there twice");
                }
                if (read.size() == Scopes.MAX) {
                    throw json.error("more than " + Scopes.MAX + " scopes");
                }
                read.add(scope);
            });
            if (read.isEmpty() && json.problems() == problems) {
                throw json.error("must not be empty; leave scopes out to ask for none");
            }
            return Scopes.of(read);
        }

        private String provider() {
            String text = json.string();
            if (!Provider.isName(text)) {
                throw json.error(LogText.quote(text) + " is not a provider's name");
            }
            return text;
        }

        RoutePolicy policy(String place) {
            String knownName = require(place, name, "name");
            RoutePattern knownPath = require(place, path, "path");
            // Whose credentials count says that somebody is limited.
            String knownAction = credentials != null && action == null ? LIMIT : require(place, action, "action");
            boolean exempt = knownAction.equals(EXEMPT);
            if (exempt && limiting != null) {
                throw new IllegalArgumentException(place + " is exempt, so " + limiting + " has no meaning in it");
            }
            return new RoutePolicy(
                    knownName,
                    knownPath,
                    methods,
                    exempt ? Action.EXEMPT : mode,
                    credentials(place, knownAction),
                    cost,
                    window(place, knownName),
                    Optional.ofNullable(provider),
                    Optional.ofNullable(failureMode),
                    preflight,
                    lease,
                    charge,
                    concurrency,
                    scopes);
        }

        private Credentials credentials(String place, String knownAction) {
            Credentials said = credentials;
            if (knownAction.equals(KEY_REQUIRED)) {
                if (said != null && !said.demanded()) {
                    throw new IllegalArgumentException(place + " has the action key-required and credentials "
                            + said.word() + ": leave one of them out");
                }
                return said == null ? Credentials.REQUIRED : said;
            }
            if (said == Credentials.NONE && !scopes.isEmpty()) {
                throw new IllegalArgumentException(place
                        + " has scopes and credentials none: nobody has scopes whose credentials are not looked at");
            }
            return said == null ? Credentials.OPTIONAL : said;
        }

        private Optional<WindowPolicy> window(String place, String policy) {
            if (!ownWindow) {
                return Optional.empty();
            }
            long limit = require(place, windowLimit, "window.limit");
            long seconds = require(place, windowSeconds, "window.seconds");
            return Optional.of(
                    WindowPolicy.ofRoute(windowName == null ? policy : windowName, policy, limit, seconds * 1_000));
        }

        private static <T> T require(String place, @Nullable T value, String member) {
            if (value == null) {
                throw new IllegalArgumentException(place + " lacks the member " + member);
            }
            return value;
        }
    }
}

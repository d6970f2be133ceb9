package dev.tollgate.http.route;

import dev.tollgate.config.EncodedSlash;
import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.http.principal.PrincipalSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The route policies of one application, in order: the first that matches decides. Immutable; a lookup compares text and
 * allocates nothing. docs/routes.md tells operators how to write them.
 */
public final class RoutePolicies {

    /** Tollgate's own routes that consume nothing. Nothing an operator writes comes before them. */
    private static final List<RoutePolicy> FREE = List.of(
            RoutePolicy.uncharged("analytics", "/api/v1/analytics/*", Credentials.REQUIRED),
            RoutePolicy.uncharged("usage", "/api/v1/usage", Credentials.REQUIRED),
            RoutePolicy.uncharged("limits", "/api/v1/limits", Credentials.OPTIONAL),
            RoutePolicy.unguarded("admin", "/api/v1/admin/*"),
            RoutePolicy.unguarded("health", "/health/*"),
            RoutePolicy.unguarded("metrics", "/metrics"),
            RoutePolicy.unguarded("openapi", "/openapi.json"),
            RoutePolicy.unguarded("console", "/console/*"),
            RoutePolicy.unguarded("welcome", "/"));

    /** Tollgate's own routes that are charged. An entry for a part of one, or all of it, refines it. */
    private static final List<RoutePolicy> CHARGED = List.of(
            RoutePolicy.charged("uploads", "/api/v1/uploads/*", Credentials.REQUIRED),
            RoutePolicy.charged("check", "/api/v1/check/*", Credentials.OPTIONAL));

    private static final RoutePolicy UNGUARDED = RoutePolicy.unguarded("other", "/*");
    private static final RoutePolicy LIMITED = RoutePolicy.charged("default", "/*", Credentials.OPTIONAL);

    /**
     * How paths are read.
     *
     * @param caseSensitive whether paths that differ by case alone are different
     * @param slash what an encoded slash is
     */
    private record Reading(boolean caseSensitive, EncodedSlash slash) {

        static Reading of(Optional<RoutePolicyFile> file) {
            return new Reading(file.map(RoutePolicyFile::caseSensitive).orElse(true), EncodedSlash.REJECT);
        }
    }

    private final RoutePolicy[] inOrder;
    private final RoutePolicy otherwise;
    private final Reading reading;

    private RoutePolicies(List<RoutePolicy> inOrder, RoutePolicy otherwise, Reading reading) {
        this.inOrder = inOrder.toArray(RoutePolicy[]::new);
        this.otherwise = otherwise;
        this.reading = reading;
    }

    /**
     * The policies of an application guarded by Tollgate, as its settings say.
     *
     * @throws dev.tollgate.config.BadSettingException naming the setting, the file and what is wrong in it
     */
    public static RoutePolicies ofApplication(Settings settings) {
        return settings.get(SettingCatalog.GUARD_ROUTES_FILE, file -> ofApplication(opened(file, settings)))
                .reading(settings.get(SettingCatalog.PATHS_ENCODED_SLASH));
    }

    /**
     * The policies of Tollgate's own endpoints, as its settings say.
     *
     * @throws dev.tollgate.config.BadSettingException naming the setting, the file and what is wrong in it
     */
    public static RoutePolicies ofTollgate(Settings settings) {
        return settings.get(SettingCatalog.ROUTES_FILE, file -> ofTollgate(opened(file, settings)))
                .reading(settings.get(SettingCatalog.PATHS_ENCODED_SLASH));
    }

    private static Optional<RoutePolicyFile> opened(String file, Settings settings) {
        if (file.isEmpty()) {
            return Optional.empty();
        }
        RoutePolicyFile read = RoutePolicyFile.read(Path.of(file));
        if (PrincipalSource.of(settings).kind() == PrincipalSource.Kind.OFF) {
            read.refusePrincipals();
        }
        return Optional.of(read);
    }

    /**
     * The policies of an application guarded by Tollgate; what the file has no entry for is limited.
     *
     * @throws IllegalArgumentException saying in one line what is wrong with the file, and where
     */
    public static RoutePolicies ofApplication(Optional<RoutePolicyFile> file) {
        List<RoutePolicyFile.Entry> entries = file.map(RoutePolicyFile::entries).orElse(List.of());
        List<RoutePolicy> inOrder = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        addEach(entries, inOrder, problems);
        refuse(problems);
        return new RoutePolicies(inOrder, LIMITED, Reading.of(file));
    }

    /**
     * The policies of Tollgate's own endpoints. A file's entry that lies within a charged endpoint comes before the built-in
     * policy and so refines it (cost, window, mode); all others come after the built-in ones, and an entry these leave
     * nothing to is refused.
     *
     * @throws IllegalArgumentException saying in one line what is wrong with the file, and where
     */
    public static RoutePolicies ofTollgate(Optional<RoutePolicyFile> file) {
        List<RoutePolicyFile.Entry> entries = file.map(RoutePolicyFile::entries).orElse(List.of());
        List<RoutePolicyFile.Entry> refining = new ArrayList<>();
        List<RoutePolicyFile.Entry> others = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        Reading reading = Reading.of(file);
        for (RoutePolicyFile.Entry entry : entries) {
            try {
                refuseBuiltInName(entry);
                (refines(entry, reading) ? refining : others).add(entry);
            } catch (IllegalArgumentException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        List<RoutePolicy> inOrder = new ArrayList<>(builtIn(FREE, reading));
        addEach(refining, inOrder, problems);
        inOrder.addAll(builtIn(CHARGED, reading));
        addEach(others, inOrder, problems);
        refuse(problems);
        return new RoutePolicies(inOrder, UNGUARDED, reading);
    }

    private static void refuseBuiltInName(RoutePolicyFile.Entry entry) {
        for (List<RoutePolicy> builtIn : List.of(FREE, CHARGED)) {
            if (builtIn.stream()
                    .anyMatch(policy -> policy.name().equals(entry.policy().name()))) {
                throw entry.error(
                        "is named as Tollgate's own policy " + entry.policy().name());
            }
        }
    }

    private static List<RoutePolicy> builtIn(List<RoutePolicy> policies, Reading reading) {
        return reading.caseSensitive()
                ? policies
                : policies.stream().map(RoutePolicy::ignoringCase).toList();
    }

    private static boolean refines(RoutePolicyFile.Entry entry, Reading reading) {
        for (RoutePolicy builtIn : builtIn(CHARGED, reading)) {
            if (builtIn.covers(entry.policy())) {
                if (!entry.policy().guarded()) {
                    throw entry.error("cannot exempt " + builtIn.pattern() + ", which is always charged");
                }
                if (builtIn.credentials().demanded()
                        && !entry.policy().credentials().demanded()) {
                    throw entry.error("must have credentials required, as " + builtIn.pattern() + " demands a key");
                }
                return true;
            }
        }
        return false;
    }

    private static void addEach(List<RoutePolicyFile.Entry> entries, List<RoutePolicy> inOrder, List<String> problems) {
        for (RoutePolicyFile.Entry entry : entries) {
            inOrder.stream()
                    .filter(earlier -> earlier.covers(entry.policy()))
                    .findFirst()
                    .ifPresentOrElse(
                            earlier -> problems.add(entry.problem("can never match: " + earlier.name() + " ("
                                    + earlier.pattern() + ") comes before it")),
                            () -> inOrder.add(entry.policy()));
        }
    }

    private static void refuse(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new RouteFileException(problems);
        }
    }

    /**
     * Returns what an operator should know about a file for Tollgate's own endpoints: entries for paths where none of them is.
     * One line each, with file and place.
     */
    public static List<String> warnings(RoutePolicyFile file) {
        Reading reading = Reading.of(Optional.of(file));
        return file.entries().stream()
                .filter(entry -> builtIn(CHARGED, reading).stream().noneMatch(own -> own.covers(entry.policy())))
                .map(entry -> entry.problem("has no effect: Tollgate has no endpoint at "
                        + entry.policy().pattern()
                        + "; policies of guarded applications belong in tollgate.guard.routes.file"))
                .toList();
    }

    /** The same policies, with a say in what an encoded slash is. */
    public RoutePolicies reading(EncodedSlash slash) {
        return new RoutePolicies(List.of(inOrder), otherwise, new Reading(reading.caseSensitive(), slash));
    }

    /** What an encoded slash is. */
    public EncodedSlash encodedSlash() {
        return reading.slash();
    }

    /**
     * The policy for a request; never null. A method in lower case may be what some servers take for the one in upper case:
     * the stricter policy of the two holds, with the scopes of both.
     *
     * @param method the request's method
     * @param path its path as {@link RoutePath} gives it; null only where all paths are treated alike
     */
    public RoutePolicy find(String method, @Nullable String path) {
        // Null only where there is no policy to match it with.
        String folded = reading.caseSensitive() || path == null ? path : RoutePattern.fold(path);
        RoutePolicy asSent = first(method, folded);
        String upperCase = method.toUpperCase(Locale.ROOT);
        if (upperCase.equals(method)) {
            return asSent;
        }
        RoutePolicy asRead = first(upperCase, folded);
        RoutePolicy stricter = asSent.strictness() > asRead.strictness() ? asSent : asRead;
        return stricter.guarded() ? stricter.alsoAskingFor(asSent.scopes()).alsoAskingFor(asRead.scopes()) : stricter;
    }

    private RoutePolicy first(String method, @Nullable String path) {
        for (RoutePolicy policy : inOrder) {
            if (policy.matches(method, Objects.requireNonNull(path))) {
                return policy;
            }
        }
        return otherwise;
    }

    /** Whether requests are treated alike whatever their path and method: a path that can be read in two ways does no harm then. */
    public boolean isUniform() {
        return inOrder.length == 0;
    }

    /** The same policies with some switched, by name: true to watch only. Those that charge nothing have no mode. */
    RoutePolicies switching(Map<String, Boolean> shadow) {
        return new RoutePolicies(
                Stream.of(inOrder).map(policy -> switched(policy, shadow)).toList(),
                switched(otherwise, shadow),
                reading);
    }

    private static RoutePolicy switched(RoutePolicy policy, Map<String, Boolean> shadow) {
        Boolean mode = policy.charged() ? shadow.get(policy.name()) : null;
        return mode == null || mode == policy.shadow() ? policy : policy.inShadow(mode);
    }

    /** Every policy in order, the one for everything else last. */
    public List<RoutePolicy> inOrder() {
        List<RoutePolicy> all = new ArrayList<>(List.of(inOrder));
        all.add(otherwise);
        return List.copyOf(all);
    }
}

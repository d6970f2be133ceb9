package dev.tollgate.ops.configcheck;

import dev.tollgate.config.BadSettingException;
import dev.tollgate.config.Setting;
import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.http.address.CidrSet;
import dev.tollgate.http.address.ForwardedAddressResolver;
import dev.tollgate.http.principal.PrincipalSource;
import dev.tollgate.http.route.RouteFileException;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.route.RoutePolicyFile;
import dev.tollgate.http.servlet.AllowedOrigins;
import dev.tollgate.redis.connection.RedisConnection;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A check of configuration files, as a deployment would make it: {@code tollgate.properties} with the files it names, route
 * policies ({@code .json}), and Redisson configurations ({@code .yaml}). It opens no connection. Each problem is one line with
 * the file and, if known, the line.
 */
public final class ConfigCheck {

    /** The exit code if there is no problem. */
    public static final int FINE = 0;

    /** The exit code if a deployment would fail. */
    public static final int WRONG = 1;

    /** The exit code if a file is missing or none was named. */
    public static final int USAGE = 2;

    private static final String HELP = """
            usage: java -jar tollgate.war FILE...

            Says what would be wrong at deployment, with file and line.
              *.properties    settings, and the files they name; the environment (TOLLGATE_...) comes before them
              *.json          route policies
              *.yaml, *.yml   a Redisson configuration
            Exit code 0: nothing is wrong, 1: something is, 2: no such file, or not told what to check.""";

    private final PrintStream out;
    private int problems;

    private ConfigCheck(PrintStream out) {
        this.out = out;
    }

    /** Checks the files, writes the problems to standard output, and returns the exit code. */
    public static int run(String... files) {
        return run(System.out, files);
    }

    static int run(PrintStream out, String... files) {
        if (files.length == 0 || List.of(files).contains("--help")) {
            out.println(HELP);
            return files.length == 0 ? USAGE : FINE;
        }
        for (String file : files) {
            if (!Files.isRegularFile(Path.of(file))) {
                out.println(file + ": no such file");
                return USAGE;
            }
            if (!file.matches("(?i).*\\.(properties|json|ya?ml)")) {
                out.println(file + ": neither .properties nor .json nor .yaml");
                return USAGE;
            }
        }
        ConfigCheck check = new ConfigCheck(out);
        for (String file : files) {
            check.file(file);
        }
        out.println(
                check.problems == 0
                        ? "nothing is wrong"
                        : check.problems + (check.problems == 1 ? " problem" : " problems"));
        return check.problems == 0 ? FINE : WRONG;
    }

    private void file(String file) {
        String name = file.toLowerCase(Locale.ROOT);
        if (name.endsWith(".properties")) {
            properties(Path.of(file));
        } else if (name.endsWith(".json")) {
            check("", () -> RoutePolicies.ofTollgate(Optional.of(RoutePolicyFile.read(Path.of(file)))));
        } else {
            check(file + ": ", () -> RedisConnection.check(Path.of(file)));
        }
    }

    private void properties(Path file) {
        List<PropertyLines.Entry> entries;
        try {
            entries = PropertyLines.read(Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            problem(file + ": cannot be read as UTF-8 text");
            return;
        } catch (IllegalArgumentException e) {
            problem(file + ":" + e.getMessage());
            return;
        }
        Map<String, PropertyLines.Entry> last = new LinkedHashMap<>();
        for (PropertyLines.Entry entry : entries) {
            PropertyLines.Entry earlier = last.put(entry.name(), entry);
            if (earlier != null) {
                out.println(file + ":" + entry.line() + ": warning: " + entry.name() + " is in line " + earlier.line()
                        + " too; this one counts");
            }
        }
        int before = problems;
        Optional<Path> directory = Optional.ofNullable(file.toAbsolutePath().getParent());
        last.values().forEach(entry -> {
            String place = file + ":" + entry.line() + ": ";
            check(place, () -> value(entry, directory, place));
        });
        if (problems == before) {
            // With the environment and the defaults; the message names the setting.
            check(file + ": ", () -> checkTogether(Settings.loadOffline(file)));
        }
    }

    private void value(PropertyLines.Entry entry, Optional<Path> directory, String place) {
        Setting<?> setting =
                SettingCatalog.find(entry.name()).orElseThrow(() -> BadSettingException.unknown(entry.name(), ""));
        try {
            String text = Settings.resolve(setting, entry.value().strip(), directory);
            build(setting, setting.parser().apply(text), warning -> out.println(place + "warning: " + warning));
        } catch (BadSettingException e) {
            throw e;
        } catch (RouteFileException e) {
            e.problems()
                    .forEach(line ->
                            problem(place + new BadSettingException(entry.name(), entry.value(), line).getMessage()));
        } catch (IllegalArgumentException e) {
            throw new BadSettingException(entry.name(), entry.value(), e.getMessage());
        }
    }

    /** Builds what a deployment builds from a value. What deploys and is probably not meant is a warning. */
    private static void build(Setting<?> setting, Object value, Consumer<String> warnings) {
        if (setting == SettingCatalog.TRUSTED_PROXIES) {
            new ForwardedAddressResolver(texts(value));
        } else if (setting == SettingCatalog.ALLOW_ADDRESSES) {
            new CidrSet(texts(value));
        } else if (setting == SettingCatalog.ROUTES_FILE && !value.equals("")) {
            RoutePolicyFile routes = RoutePolicyFile.read(Path.of((String) value));
            RoutePolicies.ofTollgate(Optional.of(routes));
            RoutePolicies.warnings(routes).forEach(warnings);
        } else if (setting == SettingCatalog.GUARD_ROUTES_FILE && !value.equals("")) {
            RoutePolicies.ofApplication(Optional.of(RoutePolicyFile.read(Path.of((String) value))));
        } else if (setting == SettingCatalog.REDIS_CONFIG && !value.equals("")) {
            RedisConnection.check(Path.of((String) value));
        }
    }

    private static List<String> texts(Object list) {
        List<String> texts = new ArrayList<>();
        ((List<?>) list).forEach(item -> texts.add((String) item));
        return texts;
    }

    /** What each setting allows by itself, and another one does not. */
    private static void checkTogether(Settings settings) {
        new BanLadder(settings.get(SettingCatalog.BAN_STEPS), settings.get(SettingCatalog.BAN_MEMORY));
        AllowedOrigins.of(settings);
        if (PrincipalSource.of(settings).kind() == PrincipalSource.Kind.OFF) {
            for (Setting<String> routes : List.of(SettingCatalog.ROUTES_FILE, SettingCatalog.GUARD_ROUTES_FILE)) {
                String file = settings.get(routes);
                if (!file.isEmpty()) {
                    RoutePolicyFile.read(Path.of(file)).refusePrincipals();
                }
            }
        }
        for (Setting<?> setting : SettingCatalog.all()) {
            try {
                build(setting, settings.get(setting), saidBefore -> {});
            } catch (BadSettingException e) {
                throw e;
            } catch (IllegalArgumentException e) {
                throw new BadSettingException(setting.name(), String.valueOf(settings.get(setting)), e.getMessage());
            }
        }
    }

    private void check(String place, Runnable work) {
        try {
            work.run();
        } catch (RouteFileException e) {
            e.problems().forEach(line -> problem(place + line));
        } catch (IllegalArgumentException e) {
            problem(place + e.getMessage());
        }
    }

    private void problem(String line) {
        problems++;
        out.println(line.replaceAll("\\s*[\\r\\n]+\\s*", " "));
    }
}

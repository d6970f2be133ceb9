package dev.tollgate.config;

import io.smallrye.config.ConfigValue;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The values of all settings, read and checked once at the start. Immutable.
 *
 * <p>System properties come before the environment ({@code TOLLGATE_REDIS_URL}), the environment before
 * {@code tollgate.properties} beside the server's configuration, as MicroProfile Config orders its sources.
 */
public final class Settings {

    /** The name of the file. */
    public static final String FILE = "tollgate.properties";

    private static final int PROPERTIES_ORDINAL = 400;
    private static final int ENVIRONMENT_ORDINAL = 300;
    private static final int FILE_ORDINAL = 200;

    private final Map<Setting<?>, Object> values;
    private final Map<Setting<?>, String> places;

    private Settings(Map<Setting<?>, Object> values, Map<Setting<?>, String> places) {
        this.values = Map.copyOf(values);
        this.places = Map.copyOf(places);
    }

    /**
     * Reads system properties, the environment and the server's {@code tollgate.properties}, if there is one. Relative paths are
     * resolved against the server's configuration directory.
     *
     * @throws BadSettingException naming the first setting that cannot be used, or a name that is no setting
     */
    public static Settings load() {
        Map<String, String> properties = new HashMap<>();
        System.getProperties().stringPropertyNames().forEach(name -> properties.put(name, System.getProperty(name)));
        return load(serverConfiguration().map(directory -> directory.resolve(FILE)), properties, System.getenv());
    }

    /**
     * Reads a file without its server, and the environment, which comes before it. Relative paths are resolved against the
     * directory of the file.
     */
    public static Settings loadOffline(Path file) {
        return load(Optional.of(file), Map.of(), System.getenv());
    }

    /** Reads the given system properties and environment, and the file, if it exists. */
    static Settings load(Optional<Path> file, Map<String, String> properties, Map<String, String> environment) {
        ForeignSettings.refuse(properties, environment);
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .setAddDefaultSources(false)
                .withSources(
                        new PropertiesConfigSource(properties, "system properties", PROPERTIES_ORDINAL),
                        new EnvConfigSource(environment, ENVIRONMENT_ORDINAL));
        file.filter(Files::isRegularFile).ifPresent(path -> builder.withSources(fileSource(path)));
        return from(builder.build(), file);
    }

    /** Creates settings from values alone, for tests and the bench. */
    public static Settings of(Map<String, String> values) {
        return from(
                new SmallRyeConfigBuilder()
                        .withSources(new PropertiesConfigSource(values, "given", FILE_ORDINAL))
                        .build(),
                Optional.empty());
    }

    private static PropertiesConfigSource fileSource(Path file) {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new BadSettingException(FILE, file.toString(), "cannot be read: " + e.getMessage());
        }
        Map<String, String> entries = new HashMap<>();
        for (String name : properties.stringPropertyNames()) {
            if (SettingCatalog.find(name).isEmpty()) {
                throw BadSettingException.unknown(name, "(in " + file + ")");
            }
            entries.put(name, properties.getProperty(name));
        }
        return new PropertiesConfigSource(entries, file.toString(), FILE_ORDINAL);
    }

    private static Settings from(SmallRyeConfig config, Optional<Path> file) {
        Optional<Path> directory = file.map(Path::toAbsolutePath).map(Path::getParent);
        Map<Setting<?>, Object> values = new HashMap<>();
        Map<Setting<?>, String> places = new HashMap<>();
        for (Setting<?> setting : SettingCatalog.all()) {
            ConfigValue found = config.getConfigValue(setting.name());
            String text =
                    Optional.ofNullable(found.getValue()).map(String::strip).orElse(setting.fallback());
            String place = place(setting, found, file);
            places.put(setting, place);
            try {
                values.put(setting, setting.parser().apply(resolve(setting, text, directory)));
            } catch (IllegalArgumentException e) {
                throw new BadSettingException(setting.name(), text, e.getMessage() + place);
            }
        }
        return new Settings(values, places);
    }

    /** Returns where a value was found, to end a message with; empty for a default, or without sources of a server. */
    private static String place(Setting<?> setting, ConfigValue found, Optional<Path> file) {
        if (found.getValue() == null || file.isEmpty()) {
            return "";
        }
        return switch (found.getConfigSourceOrdinal()) {
            case PROPERTIES_ORDINAL -> " (a system property)";
            case ENVIRONMENT_ORDINAL -> " (environment variable " + ForeignSettings.variable(setting.name()) + ")";
            default -> " (in " + file.get() + ")";
        };
    }

    /**
     * Returns the text of a setting that names a file or directory as an absolute path; other texts as they are.
     *
     * @param directory what relative paths are resolved against; empty leaves them relative
     */
    public static String resolve(Setting<?> setting, String text, Optional<Path> directory) {
        boolean relative = setting.isPath() && !text.isEmpty() && directory.isPresent();
        return relative ? directory.get().resolve(text).normalize().toString() : text;
    }

    /** Returns the value of a setting, or its default. */
    @SuppressWarnings({"unchecked", "NullAway"}) // every setting has a value, written by its own parser
    public <T> T get(Setting<T> setting) {
        return (T) values.get(setting);
    }

    /**
     * Builds an object from the value of a setting.
     *
     * @throws BadSettingException naming the setting, if the builder rejects the value
     */
    public <T, R> R get(Setting<T> setting, Function<T, R> builder) {
        T value = get(setting);
        try {
            return builder.apply(value);
        } catch (IllegalArgumentException e) {
            String text = value instanceof List<?> list
                    ? String.join(",", list.stream().map(String::valueOf).toList())
                    : String.valueOf(value);
            throw new BadSettingException(setting.name(), text, e.getMessage() + places.getOrDefault(setting, ""));
        }
    }

    /** Returns the configuration directory of WildFly or Payara; empty outside a server. */
    public static Optional<Path> serverConfiguration() {
        return serverDirectory("jboss.server.config.dir", "config");
    }

    /** Returns the data directory of WildFly or Payara; empty outside a server. */
    public static Optional<Path> serverData() {
        return serverDirectory("jboss.server.data.dir", "data");
    }

    private static Optional<Path> serverDirectory(String wildfly, String belowPayarasDomain) {
        return Stream.concat(
                        Stream.ofNullable(System.getProperty(wildfly)).map(Path::of),
                        Stream.ofNullable(System.getProperty("com.sun.aas.instanceRoot"))
                                .map(root -> Path.of(root, belowPayarasDomain)))
                .findFirst();
    }
}

package dev.tollgate.config;

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

    private static final int FILE_ORDINAL = 200;

    private final Map<Setting<?>, Object> values;

    private Settings(Map<Setting<?>, Object> values) {
        this.values = Map.copyOf(values);
    }

    /**
     * Reads system properties, the environment and the server's {@code tollgate.properties}, if there is one.
     *
     * @throws BadSettingException naming the first setting that cannot be used
     */
    public static Settings load() {
        return load(serverConfiguration().map(directory -> directory.resolve(FILE)));
    }

    /** Reads system properties, the environment and the given file, if it exists. */
    public static Settings load(Optional<Path> file) {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addSystemSources()
                .setAddDefaultSources(false);
        file.filter(Files::isRegularFile).ifPresent(path -> builder.withSources(fileSource(path)));
        return from(builder.build());
    }

    /** Creates settings from values alone, for tests and the bench. */
    public static Settings of(Map<String, String> values) {
        return from(new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(values, "given", FILE_ORDINAL))
                .build());
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
            if (SettingCatalog.all().stream()
                    .noneMatch(setting -> setting.name().equals(name))) {
                throw new BadSettingException(name, properties.getProperty(name), "no such setting (in " + file + ")");
            }
            entries.put(name, properties.getProperty(name));
        }
        return new PropertiesConfigSource(entries, file.toString(), FILE_ORDINAL);
    }

    private static Settings from(SmallRyeConfig config) {
        Map<Setting<?>, Object> values = new HashMap<>();
        for (Setting<?> setting : SettingCatalog.all()) {
            String text = config.getOptionalValue(setting.name(), String.class)
                    .map(String::strip)
                    .orElse(setting.fallback());
            try {
                values.put(setting, setting.parser().apply(text));
            } catch (IllegalArgumentException e) {
                throw new BadSettingException(setting.name(), text, e.getMessage());
            }
        }
        return new Settings(values);
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
            throw new BadSettingException(setting.name(), text, e.getMessage());
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

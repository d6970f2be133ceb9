package dev.tollgate.config;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The catalog of all settings. Each topic has an interface of its own; code reads a setting as
 * {@code SettingCatalog.REDIS_URL}.
 */
public final class SettingCatalog implements RedisSettings, GateSettings, UsageSettings, OperatorSettings {

    private static final Map<String, List<Setting<?>>> SECTIONS = bySection();

    private SettingCatalog() {}

    private static Map<String, List<Setting<?>>> bySection() {
        Map<String, List<Setting<?>>> sections = new LinkedHashMap<>();
        sections.put("Redis", REDIS);
        sections.put("Callers, limits and routes", GATE);
        sections.put("Uploads, usage and settlement", USAGE);
        sections.put("Database, caches and administration", OPERATOR);
        return Collections.unmodifiableMap(sections);
    }

    /** Returns the settings by topic, in the order of the documentation. */
    public static Map<String, List<Setting<?>>> sections() {
        return SECTIONS;
    }

    /** Returns the setting of a name; empty if there is none. */
    public static Optional<Setting<?>> find(String name) {
        return all().stream().filter(setting -> setting.name().equals(name)).findFirst();
    }

    /** Returns all settings, in the order of the documentation. */
    public static List<Setting<?>> all() {
        return SECTIONS.values().stream()
                .<Setting<?>>flatMap(Collection::stream)
                .toList();
    }
}

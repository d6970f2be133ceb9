package dev.tollgate.config;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

    /** Returns whether there is a setting of this name. */
    public static boolean has(String name) {
        return all().stream().anyMatch(setting -> setting.name().equals(name));
    }

    /** Returns all settings, in the order of the documentation. */
    public static List<Setting<?>> all() {
        return SECTIONS.values().stream()
                .<Setting<?>>flatMap(Collection::stream)
                .toList();
    }
}

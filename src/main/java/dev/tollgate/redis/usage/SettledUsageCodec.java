package dev.tollgate.redis.usage;

import dev.tollgate.core.analytics.SettledUsage;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.UsageCounts;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonGeneratorFactory;
import java.io.StringReader;
import java.io.StringWriter;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The JSON form of a report's settled part: {@code {"v":3,"batch":7,"totals":[...],"providers":{"local":[...]},
 * "days":{"2026-11-01":[...]},"providerDays":{"2026-11-01:local":[...]}}}. Counts are an array in the order of
 * {@link UsageCounts}; its last element, the file types, is left out if there are none.
 */
final class SettledUsageCodec {

    /**
     * The version, raised with each change of the form or of the rows that a report needs, since nodes of two releases may share
     * the cache. Up to version 2 a report of days had no row beyond its limit.
     */
    private static final int VERSION = 3;

    // Looking up the implementation for each text would cost more than parsing it.
    private static final JsonReaderFactory READERS = Json.createReaderFactory(Map.of());
    private static final JsonGeneratorFactory WRITERS = Json.createGeneratorFactory(Map.of());

    private SettledUsageCodec() {}

    static String write(SettledUsage settled) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = WRITERS.createGenerator(text)) {
            KeyUsage usage = settled.usage();
            json.writeStartObject().write("v", VERSION).write("batch", settled.batch());
            write(json.writeKey("totals"), usage.totals());
            json.writeStartObject("providers");
            usage.providers().forEach((provider, counts) -> write(json.writeKey(provider), counts));
            json.writeEnd().writeStartObject("days");
            usage.days().forEach((day, counts) -> write(json.writeKey(day.toString()), counts));
            json.writeEnd().writeStartObject("providerDays");
            usage.providerDays().forEach((at, counts) -> write(json.writeKey(at.day() + ":" + at.provider()), counts));
            json.writeEnd().writeEnd();
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, UsageCounts counts) {
        json.writeStartArray()
                .write(counts.totalRequests())
                .write(counts.successfulRequests())
                .write(counts.failedRequests())
                .write(counts.totalFiles())
                .write(counts.totalBytes())
                .write(counts.lastUsedAt());
        if (!counts.fileTypes().isEmpty()) {
            json.writeStartObject();
            counts.fileTypes().forEach(json::write);
            json.writeEnd();
        }
        json.writeEnd();
    }

    /** Reads a text; empty if it has another version or form, which counts as not cached. */
    static Optional<SettledUsage> read(String text) {
        try (JsonReader reader = READERS.createReader(new StringReader(text))) {
            JsonObject json = reader.readObject();
            if (json.getInt("v") != VERSION) {
                return Optional.empty();
            }
            Map<String, UsageCounts> providers = new HashMap<>();
            json.getJsonObject("providers").forEach((provider, counts) -> providers.put(provider, counts(counts)));
            Map<LocalDate, UsageCounts> days = new HashMap<>();
            json.getJsonObject("days").forEach((day, counts) -> days.put(LocalDate.parse(day), counts(counts)));
            Map<ProviderDay, UsageCounts> providerDays = new HashMap<>();
            json.getJsonObject("providerDays").forEach((at, counts) -> {
                String[] parts = at.split(":", 2);
                providerDays.put(new ProviderDay(parts[1], LocalDate.parse(parts[0])), counts(counts));
            });
            return Optional.of(new SettledUsage(
                    json.getJsonNumber("batch").longValueExact(),
                    new KeyUsage(counts(Objects.requireNonNull(json.get("totals"))), providers, days, providerDays)));
        } catch (JsonException
                | ClassCastException
                | NullPointerException
                | DateTimeException
                | IndexOutOfBoundsException
                | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static UsageCounts counts(JsonValue value) {
        JsonArray counts = value.asJsonArray();
        Map<String, Long> types = new HashMap<>();
        if (counts.size() > 6) {
            JsonObject object = counts.getJsonObject(6);
            object.keySet()
                    .forEach(type -> types.put(type, object.getJsonNumber(type).longValueExact()));
        }
        return new UsageCounts(
                number(counts, 0),
                number(counts, 1),
                number(counts, 2),
                number(counts, 3),
                number(counts, 4),
                number(counts, 5),
                types);
    }

    private static long number(JsonArray counts, int index) {
        return counts.getJsonNumber(index).longValueExact();
    }
}

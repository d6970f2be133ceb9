package dev.tollgate.postgres.settlement;

import dev.tollgate.core.problem.JsonText;
import dev.tollgate.core.usage.ClaimedUsage;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.UsageCounts;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The writer of quarantined usage: any claim, readable or not, can be written to the table {@code set_aside_usage}. */
final class QuarantinedUsage {

    /** The key was deleted or never existed. */
    static final String NO_SUCH_KEY = "no such key";

    /** Redis has a state from before an earlier batch, so some of the usage may be settled already. */
    static final String REDIS_WENT_BACK = "Redis went back to an older state";

    /** Counts that Tollgate does not record. */
    static final String NOT_COUNTS = "counts below zero or beyond all bounds";

    private QuarantinedUsage() {}

    /** A value in Redis was no hash of counts. */
    static final String UNREADABLE = "not all of it could be read in Redis";

    /** Returns whether all counts are ones that Tollgate records: not negative and below the bound. */
    static boolean areCounts(KeyUsage usage) {
        return Stream.of(usage.providers(), usage.days(), usage.providerDays())
                        .flatMap(counts -> counts.values().stream())
                        .allMatch(QuarantinedUsage::areCounts)
                && areCounts(usage.totals());
    }

    private static boolean areCounts(UsageCounts counts) {
        return Stream.concat(
                        Stream.of(
                                counts.totalRequests(),
                                counts.successfulRequests(),
                                counts.failedRequests(),
                                counts.totalFiles(),
                                counts.totalBytes(),
                                counts.lastUsedAt()),
                        counts.fileTypes().values().stream())
                .allMatch(count -> count >= 0 && count < Long.MAX_VALUE);
    }

    /** Writes a claim. Returns false if it was quarantined before. */
    static boolean write(Connection connection, ClaimedUsage claim, String reason) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SettlementSql.SET_ASIDE)) {
            statement.setLong(1, claim.batchId());
            statement.setString(2, storable(claim.keyId()));
            statement.setBigDecimal(3, BigDecimal.valueOf(claim.usage().totals().totalRequests()));
            statement.setString(4, json(claim));
            statement.setString(5, reason);
            return statement.executeUpdate() == 1;
        }
    }

    private static String json(ClaimedUsage claim) {
        KeyUsage usage = claim.usage();
        List<Object> parts = new ArrayList<>();
        usage.providerDays().forEach((at, counts) -> {
            Map<String, Object> part = new LinkedHashMap<>();
            part.put("provider", storable(at.provider()));
            part.put("day", at.day().toString());
            part.putAll(members(counts));
            parts.add(part);
        });
        Map<String, Object> whole = members(usage.totals());
        whole.put("parts", parts);
        if (!claim.damage().isEmpty()) {
            // Days and providers too, since it is not known which of the parts are complete.
            usage.days().forEach((day, counts) -> whole.put("day " + day, members(counts)));
            usage.providers()
                    .forEach((provider, counts) -> whole.put("provider " + storable(provider), members(counts)));
            whole.put(
                    "damage",
                    claim.damage().stream().map(QuarantinedUsage::storable).toList());
        }
        StringBuilder json = new StringBuilder();
        JsonText.write(json, whole);
        return json.toString();
    }

    private static Map<String, Object> members(UsageCounts counts) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("totalRequests", counts.totalRequests());
        members.put("successfulRequests", counts.successfulRequests());
        members.put("failedRequests", counts.failedRequests());
        members.put("totalFilesUploaded", counts.totalFiles());
        members.put("totalFileSize", counts.totalBytes());
        members.put("lastUsedAt", counts.lastUsedAt());
        members.put("fileTypes", fileTypes(counts));
        return members;
    }

    private static Map<String, Object> fileTypes(UsageCounts counts) {
        Map<String, Object> types = new LinkedHashMap<>();
        counts.fileTypes().forEach((type, files) -> types.merge(storable(type), files, (a, b) -> (Long) a + (Long) b));
        return types;
    }

    /** Returns the file types as JSON; null for none. */
    static @Nullable String fileTypesJson(UsageCounts counts) {
        if (counts.fileTypes().isEmpty()) {
            return null;
        }
        StringBuilder json = new StringBuilder();
        JsonText.write(json, fileTypes(counts));
        return json.toString();
    }

    /** Replaces NUL, which PostgreSQL cannot store in text. */
    private static String storable(String text) {
        return text.replace('\0', '\ufffd');
    }
}

package dev.tollgate.core.usage;

import java.util.HashMap;
import java.util.Map;

/** A sum of counts in the making, which becomes {@link UsageCounts}. Not thread-safe. */
final class UsageAccumulator {

    private long requests;
    private long successful;
    private long failed;
    private long files;
    private long bytes;
    private long lastUsedAt;
    private Map<String, Long> fileTypes = Map.of();

    void add(UsageEvent event) {
        requests++;
        if (event.successful()) {
            successful++;
        } else {
            failed++;
        }
        files = UsageCounts.sum(files, event.files());
        bytes = UsageCounts.sum(bytes, event.bytes());
        lastUsedAt = Math.max(lastUsedAt, event.atMillis());
        if (event.mediaType() != null && event.files() > 0) {
            addFiles(event.mediaType(), event.files());
        }
    }

    void add(UsageAccumulator more) {
        requests += more.requests;
        successful += more.successful;
        failed += more.failed;
        files = UsageCounts.sum(files, more.files);
        bytes = UsageCounts.sum(bytes, more.bytes);
        lastUsedAt = Math.max(lastUsedAt, more.lastUsedAt);
        more.fileTypes.forEach(this::addFiles);
    }

    private void addFiles(String type, long count) {
        if (fileTypes.isEmpty()) {
            fileTypes = new HashMap<>(4);
        }
        boolean room = fileTypes.size() < UsageCounts.MAX_FILE_TYPES || fileTypes.containsKey(type);
        fileTypes.merge(room ? type : UsageCounts.OTHER_TYPE, count, UsageCounts::sum);
    }

    long requests() {
        return requests;
    }

    UsageCounts counts() {
        return new UsageCounts(requests, successful, failed, files, bytes, lastUsedAt, fileTypes);
    }
}

package dev.tollgate.config;

import dev.tollgate.core.account.UsagePosting;
import dev.tollgate.core.usage.UsageCells;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** Settings of uploads, metering and the settlement. */
interface UsageSettings {

    Setting<String> UPLOADS_DIRECTORY = new Setting<>(
            "tollgate.uploads.directory",
            "path",
            "",
            "",
            "The directory of the `local` provider's files. By default `tollgate-uploads` in the server's "
                    + "data directory.",
            Function.identity());

    Setting<Long> UPLOADS_MAX_SIZE = new Setting<>(
            "tollgate.uploads.max-size",
            "size",
            "bytes",
            "100MiB",
            "The largest file of an upload; a larger one gets 413.",
            Values::size);

    Setting<Integer> UPLOADS_PER_CALLER = new Setting<>(
            "tollgate.uploads.per-caller",
            "number",
            "uploads",
            "0",
            "The number of uploads of one caller in progress on a node; further ones get 429. 0 means half of "
                    + "`tollgate.uploads.per-node`.",
            Values.integerBetween(0, 100_000));

    Setting<Integer> UPLOADS_PER_NODE = new Setting<>(
            "tollgate.uploads.per-node",
            "number",
            "uploads",
            "0",
            "The number of uploads of all callers in progress on a node; further ones get 503. 0 means 8 per "
                    + "processor, which is half of WildFly's request threads.",
            Values.integerBetween(0, 100_000));

    Setting<Long> UPLOADS_MIN_RATE = new Setting<>(
            "tollgate.uploads.min-rate",
            "size",
            "bytes per second",
            "1KiB",
            "The lowest rate of a request body, averaged over `tollgate.uploads.idle`. A slower one is ended "
                    + "with 408.",
            Values::size);

    Setting<Duration> UPLOADS_IDLE = new Setting<>(
            "tollgate.uploads.idle",
            "duration",
            "",
            "10s",
            "The longest time without any bytes of a request body, and the time over which its rate is "
                    + "averaged. 2s to 10m.",
            Values.durationBetween("2s", "10m"));

    Setting<Duration> USAGE_FLUSH = new Setting<>(
            "tollgate.usage.flush",
            "duration",
            "",
            "50ms",
            "The longest time recorded usage stays in memory before it is sent to Redis. A killed server "
                    + "loses the usage of this time. 1ms to 50ms.",
            Values.durationBetween("1ms", "50ms"));

    Setting<Integer> USAGE_BUFFER = new Setting<>(
            "tollgate.usage.buffer",
            "number",
            "keys x days",
            "100000",
            "The number of entries of key and day in memory while Redis is unavailable. Beyond it, the oldest "
                    + "day is dropped first, and drops are counted.",
            Values.integerBetween(100, 10_000_000));

    Setting<Integer> USAGE_IDS = new Setting<>(
            "tollgate.usage.ids",
            "number",
            "ids",
            "100000",
            "The number of IDs of posted usage events that are kept per key and quarter of a day. They are "
                    + "kept for 30 hours and take about 64 bytes of Redis each. A batch with more gets 429.",
            Values.integerBetween(1_000, 10_000_000));

    Setting<Integer> USAGE_CELLS = new Setting<>(
            "tollgate.usage.cells",
            "number",
            "cells per minute",
            "50000",
            "The cost of usage that one caller may post per minute; more gets 429. A batch costs a cell for "
                    + "each combination of key, UTC day, provider and media type, and one for every 50 events. No batch "
                    + "costs more than 1020 cells.",
            Values.integerBetween(UsageCells.MAX_PER_BATCH, 1_000_000_000));

    Setting<UsagePosting> USAGE_POST = new Setting<>(
            "tollgate.usage.post",
            "any | permitted",
            "",
            "any",
            "The API keys that may post usage. `any`: all but those whose `postUsage` denies it. `permitted`: "
                    + "only those whose `postUsage` permits it.",
            Values.oneOf(UsagePosting.class));

    Setting<Duration> SETTLE_INTERVAL = new Setting<>(
            "tollgate.settle.interval",
            "duration",
            "",
            "5s",
            "The pause between two settlements, which move pending usage into PostgreSQL. 100ms to 1h.",
            Values.durationBetween("100ms", "1h"));

    Setting<Integer> SETTLE_BATCH = new Setting<>(
            "tollgate.settle.batch",
            "number",
            "keys",
            "2000",
            "The number of keys that one transaction of the settlement moves at most.",
            Values.integerBetween(1, 100_000));

    /** The settings of this interface, in the order of the documentation. */
    List<Setting<?>> USAGE = List.of(
            UPLOADS_DIRECTORY,
            UPLOADS_MAX_SIZE,
            UPLOADS_PER_CALLER,
            UPLOADS_PER_NODE,
            UPLOADS_MIN_RATE,
            UPLOADS_IDLE,
            USAGE_FLUSH,
            USAGE_BUFFER,
            USAGE_IDS,
            USAGE_CELLS,
            USAGE_POST,
            SETTLE_INTERVAL,
            SETTLE_BATCH);
}

package dev.tollgate.redis.sync;

import dev.tollgate.core.account.RouteWindows;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The windows of all nodes' route policies, in Redis. A node knows the routes of its own file alone; a reset of a caller empties
 * the windows of all of them. Each node announces its windows again and again, so an emptied Redis knows them soon. Thread-safe;
 * never blocks.
 */
public final class RedisRouteWindows implements RouteWindows {

    private static final Script ANNOUNCE = Script.load(Operation.EDITS, "sync/windows_announce");
    private static final Script READ = Script.load(Operation.EDITS, "sync/windows_read");
    /** A policy's name, its window's limit and length in milliseconds. Others may write to Redis, so it is checked. */
    private static final Pattern WINDOW = Pattern.compile("([a-z0-9][a-z0-9._-]{0,49}) (\\d{1,13}) (\\d{4,8})");

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final Supplier<Map<String, WindowPolicy>> own;

    /**
     * @param own the windows of this node's policies, by the policy's name
     */
    public RedisRouteWindows(ScriptBatcher batcher, RedisKeys keys, Supplier<Map<String, WindowPolicy>> own) {
        this.batcher = batcher;
        this.keys = keys;
        this.own = own;
    }

    /**
     * Announces this node's windows. To be called at the start, and every few seconds.
     *
     * @return completed when Redis knows them
     */
    public CompletionStage<String> announce() {
        List<String> windows = new ArrayList<>();
        own.get().forEach((route, window) -> windows.add(route + " " + window.limit() + " " + window.windowMillis()));
        return windows.isEmpty()
                ? CompletableFuture.completedStage("OK")
                : batcher.call(ANNOUNCE, List.of(keys.routeWindows()), windows.toArray(String[]::new));
    }

    @Override
    public CompletionStage<List<WindowPolicy>> all() {
        return batcher.call(READ, List.of(keys.routeWindows())).thenApply(text -> {
            Set<WindowPolicy> windows = new LinkedHashSet<>(own.get().values());
            text.lines().map(RedisRouteWindows::parse).flatMap(Optional::stream).forEach(windows::add);
            return List.copyOf(windows);
        });
    }

    private static Optional<WindowPolicy> parse(String line) {
        Matcher window = WINDOW.matcher(line);
        if (!window.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(WindowPolicy.ofRoute(
                    window.group(1),
                    window.group(1),
                    Long.parseLong(window.group(2)),
                    Long.parseLong(window.group(3))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}

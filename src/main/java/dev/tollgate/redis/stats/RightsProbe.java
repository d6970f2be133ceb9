package dev.tollgate.redis.stats;

import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.MissingRights;
import dev.tollgate.redis.connection.RedisKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A probe of the rights of Tollgate's user in Redis: it tries the commands of all scripts and the names of all keys, so that a
 * missing right is known before what needs it fails. Thread-safe; blocks.
 *
 * <p><b>Known limitation</b>: it does not try channels, since a message would be heard. {@link MissingRights#note} is told when
 * a call for one fails.
 */
public final class RightsProbe {

    private static final Script RIGHTS = Script.load(Operation.WATCH, "stats/rights");
    private static final Script TOUCH = Script.load(Operation.WATCH, "stats/touch");

    /** Commands that the client calls by itself, and not in a script. */
    private static final Map<String, Operation> DIRECT =
            Map.of("GET", Operation.KEYS, "PSETEX", Operation.KEYS, "SET", Operation.EDITS, "EXISTS", Operation.GATE);

    /** Commands without which only the console lacks something. PUBLISH would be heard. */
    private static final Set<String> NOT_PROBED = Set.of("INFO", "SLOWLOG", "PUBLISH");

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final MissingRights rights;
    private final Duration timeout;

    /**
     * @param rights is given what is missing
     * @param timeout the longest time to wait for the replies
     */
    public RightsProbe(ScriptBatcher batcher, RedisKeys keys, MissingRights rights, Duration timeout) {
        this.batcher = batcher;
        this.keys = keys;
        this.rights = rights;
        this.timeout = timeout;
    }

    /** Tries all rights. Without an answer of Redis, what was known stays. */
    public void run() {
        Map<String, Set<Operation>> commands = commands();
        Map<String, String> missing = new TreeMap<>();
        Map<RedisKeys.Family, CompletableFuture<String>> touched = new TreeMap<>();
        for (RedisKeys.Family family : keys.families()) {
            touched.put(family, batcher.call(TOUCH, List.of(family.example())));
        }
        CompletableFuture<String> denied =
                batcher.call(RIGHTS, List.of(keys.probe()), commands.keySet().toArray(String[]::new));
        touched.forEach((family, reply) -> {
            Throwable failure = failure(reply);
            if (failure != null && MissingRights.isDenial(failure)) {
                MissingRights.command(failure)
                        .ifPresentOrElse(
                                command -> missing.put("the command " + command, "everything"),
                                () -> missing.put("the keys " + family.pattern(), family.use()));
            } else if (failure != null) {
                throw new CompletionException(failure);
            }
        });
        Throwable failure = failure(denied);
        if (failure == null) {
            for (String command : denied.join().split(" ")) {
                if (!command.isEmpty()) {
                    missing.put("the command " + command, words(commands.getOrDefault(command, Set.of())));
                }
            }
        } else if (!MissingRights.isDenial(failure)) {
            throw new CompletionException(failure);
        }
        rights.replaceProbed(missing);
    }

    private @Nullable Throwable failure(CompletableFuture<String> reply) {
        try {
            reply.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).join();
            return null;
        } catch (CompletionException e) {
            return e.getCause() == null ? e : e.getCause();
        }
    }

    private static Map<String, Set<Operation>> commands() {
        Map<String, Set<Operation>> commands = new TreeMap<>();
        for (Script script : new ArrayList<>(Script.loaded())) {
            for (String command : script.commands()) {
                commands.computeIfAbsent(command, unused -> EnumSet.noneOf(Operation.class))
                        .add(script.operation());
            }
        }
        DIRECT.forEach(
                (command, operation) -> commands.computeIfAbsent(command, unused -> EnumSet.noneOf(Operation.class))
                        .add(operation));
        commands.keySet().removeAll(NOT_PROBED);
        return commands;
    }

    private static String words(Set<Operation> operations) {
        return operations.stream().map(Operation::description).collect(Collectors.joining(", "));
    }
}

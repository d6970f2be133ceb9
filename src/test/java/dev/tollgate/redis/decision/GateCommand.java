package dev.tollgate.redis.decision;

import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The gate's script as plain Redis commands, with its replies parsed, for the benchmark. */
public final class GateCommand {

    private static final Script GATE = Script.load(Operation.GATE, "decision/gate");
    private static final PolicyArgumentCache POLICIES = new PolicyArgumentCache();

    private GateCommand() {}

    /** Returns the command that loads the script. */
    public static String[] load() {
        return new String[] {"SCRIPT", "LOAD", GATE.body()};
    }

    /** Returns the command that decides a request, with the same words as {@link RedisGateStore} sends. */
    public static String[] decide(RedisGateStore gate, GateRequest request, BillingMonth month) {
        List<String> words = new ArrayList<>(List.of("EVALSHA", GATE.sha1()));
        List<String> keys = gate.keysOf(request, month);
        words.add(Integer.toString(keys.size()));
        words.addAll(keys);
        words.add("1");
        POLICIES.of(request, month).words().forEach(word -> words.add(new String(word, StandardCharsets.UTF_8)));
        return words.toArray(String[]::new);
    }

    /** Parses a reply. */
    public static Decision read(String reply, GateRequest request, BillingMonth month) {
        return GateReplyParser.read(reply, request, month);
    }
}

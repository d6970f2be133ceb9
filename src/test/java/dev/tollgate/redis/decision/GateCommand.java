package dev.tollgate.redis.decision;

import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The gate's script as bare Redis commands, and its replies read, for the bench. */
public final class GateCommand {

    private static final Script GATE = Script.load(Operation.GATE, "decision/gate");
    private static final PolicyArgumentCache POLICIES = new PolicyArgumentCache();

    private GateCommand() {}

    /** What loads the script. */
    public static String[] load() {
        return new String[] {"SCRIPT", "LOAD", GATE.body()};
    }

    /** What decides a request, word by word as {@link RedisGateStore} has it sent. */
    public static String[] decide(RedisGateStore gate, GateRequest request, BillingMonth month) {
        List<String> words = new ArrayList<>(List.of("EVALSHA", GATE.sha1()));
        List<String> keys = gate.keysOf(request, month);
        words.add(Integer.toString(keys.size()));
        words.addAll(keys);
        words.add("1");
        POLICIES.of(request, month).words().forEach(word -> words.add(new String(word, StandardCharsets.UTF_8)));
        return words.toArray(String[]::new);
    }

    /** What a reply means. */
    public static Decision read(String reply, GateRequest request, BillingMonth month) {
        return GateReplyParser.read(reply, request, month);
    }
}

package dev.tollgate.bench.section;

import dev.tollgate.bench.redis.DecisionBenchFixture;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.usage.PendingUsage;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.core.usage.UsageRecorder;
import dev.tollgate.http.filter.RateLimitHeaders;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.decision.GateCommand;
import dev.tollgate.redis.decision.RedisGateStore;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** JMH benchmarks of what each request does in this process, run by {@link Small}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SmallThings {

    private final String token = ApiKeyToken.generate().reveal();
    private final GateRequest request =
            DecisionBenchFixture.request(Caller.account("0d0f2c1e-5a3b-4a55-9c39-5c8b3a3d7a11"));
    private final RedisGateStore gate = new RedisGateStore(null, new RedisKeys(""), System::currentTimeMillis);
    private final BillingMonth month = DecisionBenchFixture.month();
    private final String reply = "A " + System.currentTimeMillis() / 1_000 + " 123456 812 285:54618";
    private final Decision decision = GateCommand.read(reply, request, month);
    private final RateLimitHeaders headers = new RateLimitHeaders(true);
    private final LocalDate day = LocalDate.of(2026, 11, 22);
    private UsageRecorder recorder;

    /** Creates a recorder with a Redis that accepts everything at once. */
    @Setup
    public void start() {
        PendingUsage taken = (PendingUsage) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {PendingUsage.class},
                (proxy, method, arguments) -> CompletableFuture.completedFuture(Map.of()));
        recorder = new UsageRecorder(
                taken, "bench", Duration.ofMillis(50), 100_000, System::currentTimeMillis, Thread::new);
    }

    /** Ends the thread of the recorder. */
    @TearDown
    public void stop() {
        recorder.close();
    }

    /** Hashes an API key. */
    @Benchmark
    public String keyHash() {
        return ApiKeyToken.hash(token);
    }

    /** Encodes the arguments of a decision. */
    @Benchmark
    public String[] command() {
        return GateCommand.decide(gate, request, month);
    }

    /** Parses the reply of a decision. */
    @Benchmark
    public Decision interpretation() {
        return GateCommand.read(reply, request, month);
    }

    /** Writes the five header fields. */
    @Benchmark
    public void headerFields(Blackhole hole) {
        headers.write(request, decision, (name, value) -> hole.consume(value));
    }

    /** Records an event. */
    @Benchmark
    public void recording() {
        recorder.record(new UsageEvent("key", "s3", day, true, 1, 1_000, "image/png", 1_795_000_000_000L));
    }
}

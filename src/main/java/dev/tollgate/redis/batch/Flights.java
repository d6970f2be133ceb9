package dev.tollgate.redis.batch;

import dev.tollgate.core.stats.Histogram;
import dev.tollgate.redis.connection.RedisNodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.redisson.api.BatchOptions;
import org.redisson.api.RBatch;
import org.redisson.api.RFuture;
import org.redisson.api.RScript;
import org.redisson.api.RScriptAsync;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.OptionalOptions;

/**
 * Shared flights to Redis: scripts that many requests want to run at the same time travel in one {@link RBatch}.
 *
 * <p>Batching is natural: a call that finds a free slot leaves at once, alone; calls that arrive while every slot is in the
 * air wait in line and leave together with the first flight that lands, or, once they are a crowd, in one of the slots that only a
 * crowd may take. There is no timer and no added wait when idle. The idea is group commit (DeWitt et al., "Implementation
 * Techniques for Main Memory Database Systems", 1984).
 *
 * <p>Each call fails or succeeds by itself. A call that has waited in line for longer than its patience, or was given up by
 * whoever made it, is never sent. A call of unknown fate is never sent again; only {@code NOSCRIPT} and {@code CROSSSLOT}, which
 * Redis answers before running anything, are answered by sending the script's text, or calls that shared a run one by one.
 *
 * <p>On a Cluster each server has a line and slots of its own, and a flight goes to one of them: Redisson fails all of a
 * batch's calls with the first server's failure, so that a call that ran elsewhere would pass for one that ran nowhere; and a
 * server that is away must not hold up the others' callers.
 *
 * <p>Thread-safe.
 */
public final class Flights {

    /** The line is full: the call was not sent. */
    public static final class LineFullException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LineFullException(int bound) {
            super("more than " + bound + " calls wait for Redis", null, false, false);
        }
    }

    /** The call waited too long: it was not sent. */
    public static final class LineTooSlowException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LineTooSlowException() {
            super("waited too long for a place in a flight", null, false, false);
        }
    }

    /** There never was a connection yet: the call was not sent. */
    public static final class NotOpenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotOpenException() {
            super("not connected yet", null, false, false);
        }
    }

    /**
     * How many flights may be in the air, of a Cluster per server, and how large they are. Few that leave with whoever waits
     * keep flights shared; more for crowds keep a far or slow Redis from being waited for by everybody.
     *
     * @param any flights in the air that may leave with a single call
     * @param most flights in the air at most: those beyond {@code any} leave when a crowd waits
     * @param crowd calls in line that are enough for that
     * @param seats calls in one flight at most
     */
    public record Slots(int any, int most, int crowd, int seats) {

        /** The same for few and for many. */
        public static Slots of(int slots, int seats) {
            return new Slots(slots, slots, seats, seats);
        }
    }

    private final RedissonClient redisson;
    private final BooleanSupplier open;
    private final Slots slots;
    private final int line;
    private final long patienceNanos;
    private final BatchOptions options;
    private final OptionalOptions alone;
    private final RedisNodes nodes;
    private volatile boolean sharing;
    private final ConcurrentHashMap<Object, Runway> runways = new ConcurrentHashMap<>();
    private volatile long lastLanding = System.nanoTime();
    private final LongAdder flown = new LongAdder();
    private final LongAdder carried = new LongAdder();
    private final RoundTrips roundTrips = new RoundTrips();
    private final Histogram sizes = new Histogram(1, 2, 4, 8, 16, 32, 64, 128, 256);
    private final Latency latency;
    private final SlowTrips slow = new SlowTrips();

    /**
     * @param redisson the client; not closed by this
     * @param slots how many flights, and how large
     * @param line calls waiting at most, of a Cluster per server; further ones fail at once with {@link LineFullException}
     * @param patience how long a call may wait in line; after that it is not sent any more and fails
     * @param timeout when a flight that does not land gives its slot back
     * @param open whether there is a connection; until there is, calls fail at once with {@link NotOpenException}
     * @param latency is told how long each flight took
     */
    public Flights(
            RedissonClient redisson,
            Slots slots,
            int line,
            Duration patience,
            Duration timeout,
            BooleanSupplier open,
            Latency latency) {
        this.redisson = redisson;
        this.nodes = RedisNodes.of(redisson);
        this.open = open;
        this.latency = latency;
        this.patienceNanos = patience.toNanos();
        this.slots = slots;
        this.line = line;
        this.sharing = !redisson.getConfig().isClusterConfig();
        this.alone = OptionalOptions.defaults()
                .codec(TextCodec.INSTANCE)
                .timeout(timeout)
                .retryAttempts(0);
        this.options = BatchOptions.defaults()
                .executionMode(BatchOptions.ExecutionMode.IN_MEMORY)
                .retryAttempts(0)
                .responseTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The same with as many slots for few as for many, timed by nobody. */
    public Flights(
            RedissonClient redisson,
            int slots,
            int seats,
            int line,
            Duration patience,
            Duration timeout,
            BooleanSupplier open) {
        this(redisson, Slots.of(slots, seats), line, patience, timeout, open, new Latency());
    }

    /** The same over a connection that is there, with calls as patient in line as in the air. */
    public Flights(RedissonClient redisson, int slots, int seats, int line, Duration timeout) {
        this(redisson, slots, seats, line, timeout, timeout, () -> true);
    }

    /** Runs a script that answers with one string. */
    public CompletableFuture<String> call(Script script, List<String> keys, String... arguments) {
        return send(new Call<>(script, RScript.ReturnType.STRING, keys, arguments));
    }

    /** Runs a script that answers with a list: of strings, numbers ({@link Long}) and such lists. */
    public CompletableFuture<List<Object>> callForList(Script script, List<String> keys, String... arguments) {
        return send(new Call<>(script, RScript.ReturnType.LIST, keys, arguments));
    }

    /**
     * Runs a script that answers each of its calls with a text, all calls of a flight in one run: see {@link Run}.
     *
     * @param arguments the same object as other calls' makes them share it
     */
    public CompletableFuture<String> callShared(Script script, List<String> keys, SharedArguments arguments) {
        return send(new Call<>(script, keys, arguments));
    }

    /** Whether a flight has landed well since that instant, as {@link System#nanoTime()} counts. */
    public boolean landedSince(long nanos) {
        return lastLanding - nanos > 0;
    }

    /** Flights flown since the start. */
    public long flown() {
        return flown.sum();
    }

    /** Calls carried since the start. */
    public long carried() {
        return carried.sum();
    }

    /** How many calls flights carried, since the start. */
    public Histogram.Snapshot sizes() {
        return sizes.snapshot();
    }

    /** Calls waiting for a flight. */
    public int waiting() {
        return runways.values().stream().mapToInt(runway -> runway.inLine.get()).sum();
    }

    /** Flights under way. */
    public int inTheAir() {
        return runways.values().stream()
                .mapToInt(runway -> runway.inTheAir.get())
                .sum();
    }

    /** Forgets the last minute's trips: those of a warm-up are no requests', and so many that slow ones would not show. */
    public void forgetLastMinute() {
        roundTrips.forget();
        latency.forgetLastMinute();
    }

    /** How long the flights of the last minute took, those that failed among them. */
    public RoundTrips.Minute lastMinute() {
        return roundTrips.lastMinute(System.nanoTime());
    }

    /** The flights of the last minute by how long they took. */
    public List<RoundTrips.Bucket> histogram() {
        return roundTrips.histogram(System.nanoTime());
    }

    /** The slowest flights of late, latest first. */
    public List<SlowTrips.SlowTrip> slowest() {
        return slow.latestFirst();
    }

    private <T> CompletableFuture<T> send(Call<T> call) {
        if (!open.getAsBoolean()) {
            call.result.completeExceptionally(new NotOpenException());
            return call.result;
        }
        runways.computeIfAbsent(nodes.of(call.keys), node -> new Runway()).join(call);
        return call.result;
    }

    private <T> RFuture<T> seat(Call<T> call, RScriptAsync scripts) {
        return call.board(scripts, this::send);
    }

    /** Redis does not have the keys of several callers in one place, so that each has to have a run of its own. */
    private void part(Call<?> call) {
        sharing = false;
        send(call);
    }

    private void tell(List<Call<?>> passengers, long landed, long took) {
        int told = 0;
        for (Call<?> call : passengers) {
            int purpose = 1 << call.purpose.ordinal();
            if ((told & purpose) == 0) {
                told |= purpose;
                latency.record(call.purpose, landed, took, call.requestId);
            }
        }
    }

    /** Something aboard that Redis answers by itself: a call, or a run that calls share. */
    private record Seat(CompletionStage<?> reply, Consumer<Throwable> lose) {}

    /** The flight failed. One bad reply fails the whole batch too, so whoever has a reply of their own keeps it. */
    private static void lose(List<Seat> seats, Throwable failure) {
        for (Seat seat : seats) {
            if (!seat.reply().toCompletableFuture().isDone()) {
                seat.lose().accept(failure);
            }
        }
    }

    /** A flight that is one run needs no batch around it. */
    private CompletionStage<?> takeOff(List<Call<?>> passengers, List<Seat> seats) {
        List<Run> runs = Run.among(passengers, sharing);
        if (runs.size() == 1 && runs.get(0).calls() == passengers.size()) {
            return runs.get(0).board(redisson.getScript(alone), this::send, this::part);
        }
        RBatch batch = redisson.createBatch(options);
        RScriptAsync scripts = batch.getScript(TextCodec.INSTANCE);
        for (Run run : runs) {
            seats.add(new Seat(run.board(scripts, this::send, this::part), run::lose));
        }
        for (Call<?> call : passengers) {
            if (call.shared == null) {
                seats.add(new Seat(seat(call, scripts), call.result::completeExceptionally));
            }
        }
        return batch.executeAsync();
    }

    /** The way to one server, with a line and slots of its own. */
    private final class Runway {
        private final ConcurrentLinkedQueue<Call<?>> waiting = new ConcurrentLinkedQueue<>();
        private final AtomicInteger inLine = new AtomicInteger();
        private final AtomicInteger inTheAir = new AtomicInteger();

        void join(Call<?> call) {
            if (inLine.incrementAndGet() > line) {
                inLine.decrementAndGet();
                call.result.completeExceptionally(new LineFullException(line));
                return;
            }
            waiting.add(call);
            depart();
        }

        /** Sends flights as long as someone waits and a slot is free. Whoever frees a slot or joins the line calls this. */
        private void depart() {
            while (!waiting.isEmpty() && takeSlot()) {
                List<Call<?>> passengers = board();
                if (passengers.isEmpty()) {
                    inTheAir.decrementAndGet();
                } else {
                    fly(passengers);
                }
            }
        }

        private boolean takeSlot() {
            int now = inTheAir.get();
            while (now < (inLine.get() < slots.crowd() ? slots.any() : slots.most())) {
                if (inTheAir.compareAndSet(now, now + 1)) {
                    return true;
                }
                now = inTheAir.get();
            }
            return false;
        }

        private List<Call<?>> board() {
            List<Call<?>> passengers = new ArrayList<>();
            Call<?> next;
            while (passengers.size() < slots.seats() && (next = waiting.poll()) != null) {
                inLine.decrementAndGet();
                if (System.nanoTime() - next.joined > patienceNanos) {
                    next.result.completeExceptionally(new LineTooSlowException());
                } else if (!next.result.isDone()) {
                    passengers.add(next);
                }
            }
            return passengers;
        }

        private void fly(List<Call<?>> passengers) {
            flown.increment();
            carried.add(passengers.size());
            sizes.record(passengers.size());
            List<Seat> seats = new ArrayList<>();
            long left = System.nanoTime();
            try {
                takeOff(passengers, seats).whenComplete((done, failure) -> {
                    long landed = System.nanoTime();
                    roundTrips.record(landed, landed - left);
                    tell(passengers, landed, landed - left);
                    slow.note(
                            System.currentTimeMillis(),
                            landed - left,
                            passengers.size(),
                            passengers.get(0).script.name(),
                            failure instanceof CompletionException ? failure.getCause() : failure);
                    if (failure == null) {
                        lastLanding = landed;
                    } else {
                        lose(seats, failure);
                    }
                    land();
                });
            } catch (RuntimeException e) {
                passengers.forEach(call -> call.result.completeExceptionally(e));
                land();
            }
        }

        private void land() {
            inTheAir.decrementAndGet();
            depart();
        }
    }
}

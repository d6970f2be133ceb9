package dev.tollgate.ops.stop;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The subscriptions to what servers say before they stop. On a server that says nothing, an application hears of a stop when its
 * requests are refused already. Not thread-safe.
 */
public final class StopSignals implements AutoCloseable {

    private final List<Runnable> subscriptions;

    private StopSignals(List<Runnable> subscriptions) {
        this.subscriptions = subscriptions;
    }

    /** Subscribes a node to the signals of its server. */
    public static StopSignals subscribe(StopGrace stop) {
        return new StopSignals(Stream.of(
                        JmxServerState.subscribe(stop, ManagementFactory.getPlatformMBeanServer()),
                        KernelShutdown.subscribe(stop, StopSignals.class.getClassLoader()))
                .flatMap(Optional::stream)
                .toList());
    }

    /** Ends the subscriptions. */
    @Override
    public void close() {
        subscriptions.forEach(Runnable::run);
    }
}

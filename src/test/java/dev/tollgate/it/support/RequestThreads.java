package dev.tollgate.it.support;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import dev.tollgate.fixture.server.IntegrationServers;
import java.io.Closeable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The request threads of the server that the tests share, as its process shows them over JMX. */
public final class RequestThreads implements Closeable {

    /** What the servers call their request threads: Payara, WildFly. */
    private static final Set<String> NAMES = Set.of("http-thread-pool", "default task-");

    /** Where these wait for bytes of a body: Grizzly's, XNIO's. */
    private static final Set<String> WAITING = Set.of("blockingRead", "awaitReadable");

    private static final int FRAMES = 40;
    private static final long HELD_MILLIS = 100;

    private final JMXConnector connector;
    private final ThreadMXBean threads;

    /** Attaches to the server. */
    public RequestThreads() throws IOException {
        try {
            VirtualMachine server = VirtualMachine.attach(Long.toString(IntegrationServers.pid()));
            try {
                connector = JMXConnectorFactory.connect(new JMXServiceURL(server.startLocalManagementAgent()));
            } finally {
                server.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException(e);
        }
        threads = ManagementFactory.newPlatformMXBeanProxy(
                connector.getMBeanServerConnection(), ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
    }

    /** How many request threads the server has now. */
    public int count() {
        return (int) requestThreads().count();
    }

    /** The threads that wait for a body's bytes now and waited so {@value #HELD_MILLIS} ms ago, with their stacks. */
    public Set<String> heldByBodies() throws InterruptedException {
        Map<Long, ThreadInfo> before = waiting();
        Thread.sleep(HELD_MILLIS);
        Map<Long, ThreadInfo> held = waiting();
        held.keySet().retainAll(before.keySet());
        return held.values().stream()
                .map(thread -> thread.getThreadName() + Arrays.toString(thread.getStackTrace()))
                .collect(Collectors.toSet());
    }

    private Map<Long, ThreadInfo> waiting() {
        return requestThreads()
                .filter(thread -> Arrays.stream(thread.getStackTrace())
                        .limit(FRAMES)
                        .anyMatch(frame -> WAITING.contains(frame.getMethodName())))
                .collect(Collectors.toMap(ThreadInfo::getThreadId, Function.identity()));
    }

    private Stream<ThreadInfo> requestThreads() {
        return Arrays.stream(threads.dumpAllThreads(false, false))
                .filter(thread ->
                        NAMES.stream().anyMatch(name -> thread.getThreadName().startsWith(name)));
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}

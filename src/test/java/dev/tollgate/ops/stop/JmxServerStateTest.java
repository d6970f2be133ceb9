package dev.tollgate.ops.stop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.management.AttributeChangeNotification;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.NotificationBroadcasterSupport;
import javax.management.ObjectName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JmxServerStateTest {

    private static final String NAME = "jboss.root:type=state";

    private final MBeanServer server = MBeanServerFactory.newMBeanServer();
    private final StopGrace stop = new StopGrace(Duration.ZERO);
    private final Published published = new Published();

    /** A server's state, as it is published. */
    public interface PublishedMBean {}

    /** The same. */
    public static final class Published extends NotificationBroadcasterSupport implements PublishedMBean {

        void change(String attribute, String state) {
            sendNotification(new AttributeChangeNotification(
                    this, 1, 1, "", attribute, String.class.getName(), "before", state));
        }
    }

    @BeforeEach
    void publish() throws Exception {
        server.registerMBean(published, new ObjectName(NAME));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pre_suspend", "suspending", "stopping"})
    void aServerThatEndsStopsTheNode(String state) {
        JmxServerState.subscribe(stop, server).orElseThrow();
        published.change("RunningState", state);
        assertThat(stop.isStopping()).isTrue();
        assertThat(stop.isOver()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"starting", "suspended", "normal", "admin-only"})
    void aServerThatStartsDoesNot(String state) {
        JmxServerState.subscribe(stop, server).orElseThrow();
        published.change("RunningState", state);
        published.change("RuntimeConfigurationState", "stopping");
        assertThat(stop.isStopping()).isFalse();
    }

    @Test
    void aResumedServerServesAgain() {
        JmxServerState.subscribe(stop, server).orElseThrow();
        published.change("RunningState", "suspending");
        published.change("RunningState", "suspended");
        assertThat(stop.isStopping()).isTrue();
        published.change("RunningState", "normal");
        assertThat(stop.isStopping()).isFalse();
        assertThat(stop.isOver()).isFalse();
    }

    @Test
    void theServerWaitsForTheGraceWhileRequestsAreServed() throws Exception {
        StopGrace graceful = new StopGrace(Duration.ofMinutes(5));
        JmxServerState.subscribe(graceful, server).orElseThrow();
        CompletableFuture<Void> suspending =
                CompletableFuture.runAsync(() -> published.change("RunningState", "suspending"));
        while (!graceful.isStopping()) {
            Thread.onSpinWait();
        }
        assertThat(graceful.isOver()).isFalse();
        assertThat(suspending).isNotDone();
        graceful.resume();
        suspending.get(1, TimeUnit.MINUTES);
        assertThat(graceful.isStopping()).isFalse();
    }

    @Test
    void theServerWaitsAMomentLongerWhileRequestsAreRefused() throws Exception {
        StopGrace graceful = new StopGrace(Duration.ofMillis(1));
        JmxServerState.subscribe(graceful, server).orElseThrow();
        CompletableFuture<Boolean> over = CompletableFuture.supplyAsync(() -> {
            while (!graceful.isOver()) {
                Thread.onSpinWait();
            }
            return graceful.isStopping();
        });
        long begun = System.nanoTime();
        published.change("RunningState", "suspending");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(400));
        assertThat(over.get(1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void anApplicationThatIsTakenOutHearsNoMore() {
        JmxServerState.subscribe(stop, server).orElseThrow().run();
        published.change("RunningState", "suspending");
        assertThat(stop.isStopping()).isFalse();
    }

    @Test
    void aServerWithoutAStateIsNoFault() throws Exception {
        Optional<Runnable> state = JmxServerState.subscribe(stop, server);
        server.unregisterMBean(new ObjectName(NAME));
        state.orElseThrow().run();
        assertThat(JmxServerState.subscribe(stop, server)).isEmpty();
    }
}

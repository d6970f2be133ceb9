package dev.tollgate.ops.stop;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.Set;
import javax.management.AttributeChangeNotification;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.Notification;
import javax.management.NotificationListener;
import javax.management.ObjectName;

/**
 * The running state of a server that publishes it by JMX, as WildFly does. Such a server waits for its listeners before it refuses
 * the first request, and stops the applications only then.
 */
final class JmxServerState {

    private static final Logger LOG = System.getLogger(JmxServerState.class.getName());
    private static final String NAME = "jboss.root:type=state";
    private static final String ATTRIBUTE = "RunningState";
    private static final String NORMAL = "normal";

    /** {@code suspending} comes before the first refusal, whether the server is suspended, stopped by a command or by a signal. */
    private static final Set<String> ENDING = Set.of("pre_suspend", "suspending", "stopping");

    private JmxServerState() {}

    /** Subscribes a node. Returns what ends the subscription; empty if the server publishes no state. */
    static Optional<Runnable> subscribe(StopGrace stop, MBeanServer server) {
        try {
            ObjectName name = new ObjectName(NAME);
            NotificationListener listener = (notification, handback) -> apply(notification, stop);
            server.addNotificationListener(name, listener, null, null);
            return Optional.of(() -> unsubscribe(server, name, listener));
        } catch (InstanceNotFoundException e) {
            return Optional.empty();
        } catch (MalformedObjectNameException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void apply(Notification notification, StopGrace stop) {
        if (notification instanceof AttributeChangeNotification change && ATTRIBUTE.equals(change.getAttributeName())) {
            String state = String.valueOf(change.getNewValue());
            if (ENDING.contains(state)) {
                stop.begin();
            } else if (NORMAL.equals(state)) {
                stop.resume();
            }
        }
    }

    private static void unsubscribe(MBeanServer server, ObjectName name, NotificationListener listener) {
        try {
            server.removeNotificationListener(name, listener);
        } catch (JMException e) {
            LOG.log(Level.DEBUG, "the server publishes no state any more", e);
        }
    }
}

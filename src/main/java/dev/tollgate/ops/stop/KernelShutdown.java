package dev.tollgate.ops.stop;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;

/**
 * The event by which the kernel of a Payara announces a shutdown, before it stops the first application. It waits for its listeners.
 * The classes are the server's, which no other server has, so they are looked up by name.
 */
final class KernelShutdown {

    private static final Logger LOG = System.getLogger(KernelShutdown.class.getName());
    private static final String GLOBALS = "org.glassfish.internal.api.Globals";
    private static final String EVENTS = "org.glassfish.api.event.Events";
    private static final String LISTENER = "org.glassfish.api.event.EventListener";
    private static final String SHUTDOWN = "prepare_shutdown";

    private KernelShutdown() {}

    /** Subscribes a node. Returns what ends the subscription; empty if the server has no such events. */
    static Optional<Runnable> subscribe(StopGrace stop, ClassLoader loader) {
        try {
            Class<?> type = Class.forName(LISTENER, true, loader);
            Class<?> events = Class.forName(EVENTS, true, loader);
            Object service = Class.forName(GLOBALS, true, loader)
                    .getMethod("get", Class.class)
                    .invoke(null, events);
            Object listener = listener(type, loader, stop);
            events.getMethod("register", type).invoke(service, listener);
            Method unregister = events.getMethod("unregister", type);
            return Optional.of(() -> {
                try {
                    unregister.invoke(service, listener);
                } catch (ReflectiveOperationException e) {
                    LOG.log(Level.DEBUG, "the server has no events any more", e);
                }
            });
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.log(Level.DEBUG, "the server announces no shutdown: {0}", e.toString());
            return Optional.empty();
        }
    }

    private static Object listener(Class<?> type, ClassLoader loader, StopGrace stop) {
        return Proxy.newProxyInstance(
                loader, new Class<?>[] {type}, (proxy, method, arguments) -> switch (method.getName()) {
                    case "event" -> {
                        apply(arguments[0], stop);
                        yield null;
                    }
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> "Tollgate's listener";
                });
    }

    private static void apply(Object event, StopGrace stop) throws ReflectiveOperationException {
        if (SHUTDOWN.equals(event.getClass().getMethod("name").invoke(event))) {
            stop.begin();
        }
    }
}

package dev.tollgate.ops.jmx;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * The registration of MXBeans with the platform's MBean server. Closing removes the beans, which would otherwise keep an
 * undeployed application in memory. If a bean cannot be registered, the application runs without it. Not thread-safe.
 */
public final class Registration implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Registration.class.getName());
    private static final String DOMAIN = "dev.tollgate";

    private final MBeanServer server;
    private final String context;
    private final List<ObjectName> names = new ArrayList<>();

    /**
     * Creates an empty registration.
     *
     * @param contextPath the context path, which tells two applications of one server apart
     */
    public Registration(String contextPath) {
        this(ManagementFactory.getPlatformMBeanServer(), contextPath);
    }

    Registration(MBeanServer server, String contextPath) {
        this.server = server;
        this.context = contextPath.isEmpty() ? "/" : contextPath;
    }

    /**
     * Registers a bean as {@code dev.tollgate:type=...,context=...}.
     *
     * @param view the bean's MXBean interface, with the descriptions
     */
    public <T> void add(String type, T bean, Class<T> view) {
        try {
            ObjectName name = new ObjectName(DOMAIN + ":type=" + type + ",context=" + ObjectName.quote(context));
            server.registerMBean(new DescribedBean(bean, view), name);
            names.add(name);
        } catch (JMException | SecurityException e) {
            LOG.log(Level.WARNING, "a JMX bean could not be registered: type={0} reason={1}", type, e.toString());
        }
    }

    @Override
    public void close() {
        for (ObjectName name : names) {
            try {
                server.unregisterMBean(name);
            } catch (InstanceNotFoundException e) {
                LOG.log(Level.DEBUG, "a JMX bean was already removed", e);
            } catch (JMException | SecurityException e) {
                LOG.log(Level.WARNING, "a JMX bean could not be removed: name={0} reason={1}", name, e.toString());
            }
        }
        names.clear();
    }
}
